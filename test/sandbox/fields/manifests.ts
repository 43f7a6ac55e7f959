import type { Random } from './random';

type Data = Record<string, any>;

/** Without what is undefined. */
export function defined(data: Data): Data {
  return JSON.parse(JSON.stringify(data)) as Data;
}

export const words = ['one', 'two', 'three'];

export function map(random: Random, keys: readonly string[], probability = 0.5): Data {
  return Object.fromEntries(random.some(keys, probability).map(key => [key, random.pick(words)]));
}

function metadata(random: Random): Data {
  return {
    labels: random.maybe(() => map(random, ['x', 'y', 'z'])),
    annotations: random.maybe(() => map(random, ['example.com/a', 'example.com/b<&>'])),
    finalizers: random.maybe(() => random.some(['example.com/a', 'example.com/b']), 0.15),
    ownerReferences: random.maybe(() => random.some(['1', '2']).map(n => ({
      apiVersion: 'v1', kind: 'ConfigMap', name: `owner-${n}`, uid: `0000000${n}-0000-4000-8000-000000000000`, ...random.chance(0.3) ? { controller: false } : {},
    })), 0.1),
  };
}

function container(random: Random, name: string): Data {
  return {
    name,
    image: random.pick(['web:1', 'web:2']),
    args: random.maybe(() => random.some(['-a', '-b', '-c']), 0.2),
    // Twice the same is refused in an apply, and taken otherwise.
    env: random.maybe(() => random.some(random.chance(0.15) ? ['A', 'A', 'B', 'B'] : ['A', 'B', 'C']).map(key => ({ name: key, value: random.pick(words) })), 0.4),
    ports: random.maybe(() => random.some([80, 443, 9]).map(containerPort => ({
      containerPort, name: random.maybe(() => `p${containerPort}`, 0.3), protocol: random.maybe(() => random.pick(['TCP', 'UDP'])),
    })), 0.4),
    resources: random.maybe(() => ({
      limits: random.maybe(() => defined({ cpu: random.maybe(() => random.pick(['1', '500m', 1])), memory: random.maybe(() => '1Gi') })),
      requests: random.maybe(() => ({ cpu: '100m' }), 0.3),
    }), 0.3),
    volumeMounts: random.maybe(() => random.some(['v1', 'v2']).map(volume => ({ name: volume, mountPath: `/${volume}` })), 0.2),
    livenessProbe: random.maybe(() => ({ httpGet: { path: '/', port: random.pick([80, 'http']) }, periodSeconds: random.pick([5, 10]) }), 0.2),
    securityContext: random.maybe(() => random.pick([{}, { runAsUser: 1 }, { capabilities: { drop: ['ALL'] } }]), 0.2),
  };
}

export function podSpec(random: Random): Data {
  return {
    containers: ['a', ...random.some(['b', 'c'], 0.4)].map(name => container(random, name)),
    initContainers: random.maybe(() => random.some(['i', 'j']).map(name => container(random, name)), 0.2),
    volumes: [{ name: 'v1', emptyDir: random.pick([{}, { medium: 'Memory' }]) }, { name: 'v2', configMap: { name: 'x', items: [{ key: 'a', path: 'a' }] } }],
    nodeSelector: random.maybe(() => map(random, ['disk', 'zone']), 0.3),
    tolerations: random.maybe(() => [{ key: random.pick(words), operator: 'Exists' }], 0.2),
    imagePullSecrets: random.maybe(() => random.some(['s1', 's2']).map(name => ({ name })), 0.2),
    hostAliases: random.maybe(() => [{ ip: '127.0.0.1', hostnames: random.some(['h1', 'h2'], 0.8) }], 0.1),
    terminationGracePeriodSeconds: random.maybe(() => random.pick([5, 30]), 0.3),
  };
}

function deployment(random: Random): Data {
  return {
    spec: {
      replicas: random.maybe(() => random.below(3)),
      selector: { matchLabels: { app: 'a' } },
      strategy: random.maybe(() => random.pick([{ type: 'Recreate', rollingUpdate: null }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: random.pick([1, '25%']) } }, {}]), 0.3),
      paused: random.maybe(() => random.chance(0.5), 0.2),
      template: { metadata: { labels: { app: 'a', ...map(random, ['x', 'y'], 0.3) }, annotations: random.maybe(() => map(random, ['t']), 0.2) }, spec: podSpec(random) },
    },
  };
}

function service(random: Random): Data {
  const ports = random.some([80, 443, 53]);
  return {
    spec: {
      ports: (ports.length > 0 ? ports : [80]).map(port => ({
        name: `p${port}`, port, protocol: random.maybe(() => 'TCP'), targetPort: random.maybe(() => random.pick([8080, 'http'])),
      })),
      selector: random.maybe(() => map(random, ['app', 'tier'])),
      sessionAffinity: random.maybe(() => random.pick(['None', 'ClientIP']), 0.3),
      publishNotReadyAddresses: random.maybe(() => random.chance(0.5), 0.2),
    },
  };
}

function ingress(random: Random): Data {
  const path = () => ({ path: random.pick(['/', '/a']), pathType: 'Prefix', backend: { service: { name: random.pick(words), port: random.pick([{ number: 80 }, { name: 'http' }]) } } });
  return {
    spec: {
      ingressClassName: random.maybe(() => random.pick(words), 0.3),
      rules: [{ host: random.pick(['a.example.com', 'b.example.com']), http: { paths: [path()] } }],
      tls: random.maybe(() => [{ hosts: ['c.example.com', ...random.some(['a.example.com', 'b.example.com'])], secretName: random.pick(words) }], 0.4),
      defaultBackend: random.maybe(() => ({ service: { name: random.pick(words), port: { number: 80 } } }), 0.3),
    },
  };
}

function role(random: Random): Data {
  const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: random.some(['get', 'list'], 0.8).concat('watch') });
  return { rules: random.maybe(() => [rule('pods'), ...random.some(['secrets', 'services']).map(rule)], 0.8) };
}

function autoscaler(random: Random): Data {
  return {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: random.pick(words) },
      minReplicas: random.maybe(() => 1 + random.below(2)),
      maxReplicas: 3 + random.below(2),
      metrics: random.maybe(() => random.some(['cpu', 'memory'], 0.8).map(name => ({ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: random.pick([50, 80]) } } }))),
      behavior: random.maybe(() => ({ scaleDown: { stabilizationWindowSeconds: random.pick([0, 60]), policies: random.maybe(() => [{ type: 'Pods', value: 1, periodSeconds: 60 }]) } }), 0.3),
    },
  };
}

function olderAutoscaler(random: Random): Data {
  const { spec: { metrics: _m, behavior: _b, ...spec } } = autoscaler(random);
  return { spec: { ...spec, targetCPUUtilizationPercentage: random.maybe(() => random.pick([50, 80])) } };
}

function anything(random: Random, depth = 0): unknown {
  switch (random.below(depth > 2 ? 4 : 7)) {
    case 0: return random.pick(words);
    case 1: return random.below(3);
    case 2: return random.chance(0.5);
    case 3: return random.pick([{}, [], 0.5, '']);
    case 4: return Array.from({ length: random.below(3) }, () => anything(random, depth + 1));
    default: return Object.fromEntries(random.some(['p', 'q', 'r', 's']).map(key => [key, anything(random, depth + 1)]));
  }
}

function widget(random: Random): Data {
  return {
    spec: random.maybe(() => ({
      replicas: random.maybe(() => random.below(3)),
      color: random.maybe(() => random.pick(['red', 'blue'])),
      parts: random.maybe(() => random.some(['p', 'q', 'r']).map(name => ({
        name, side: random.pick([undefined, 'left', 'right']), size: random.maybe(() => random.pick([1, '1'])), note: random.maybe(() => random.pick([...words, null])),
      }))),
      tags: random.maybe(() => random.some(['t', 'u', 'v<'])),
      order: random.maybe(() => random.some(words)),
      any: random.maybe(() => Object.fromEntries(random.some(['p', 'q']).map(key => [key, anything(random)])), 0.3),
      half: random.maybe(() => ({ known: random.maybe(() => ({ a: random.pick(words) })), other: random.maybe(() => anything(random)) }), 0.3),
      embedded: random.maybe(() => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'e', labels: { l: random.pick(words) } }, data: map(random, ['a', 'b']) }), 0.3),
      matrix: random.maybe(() => Object.fromEntries(random.some(['m', 'n']).map(key => [key, map(random, ['a', 'b'])])), 0.4),
      labels: random.maybe(() => map(random, ['a', 'b'])),
    }), 0.95),
  };
}

/** What has a default in the stored version gets it after it was noted who owns what. */
function olderWidget(random: Random): Data {
  const { spec } = widget(random);
  return { spec: spec && { ...spec, parts: (spec.parts as Data[] | undefined)?.map(part => ({ ...part, side: part.side ?? 'left' })) } };
}

function gadget(random: Random): Data {
  return { spec: random.maybe(() => anything(random), 0.8), extra: random.maybe(() => anything(random), 0.4) };
}

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** What makes up an object beside its kind and metadata. */
  readonly content: (random: Random) => Data;
  /** The same kind in another version, which is written now and then. */
  readonly other?: Kind;
  /** What is written to `/status`. */
  readonly status?: (random: Random) => Data;
  /** What the server allocates when it creates one, after it noted who owns what. */
  readonly allocated?: readonly string[];
}

export const kinds: readonly Kind[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', content: random => ({ data: random.maybe(() => map(random, ['a', 'b', 'c']), 0.8), binaryData: random.maybe(() => ({ z: random.pick(['AA==', 'AQ==']) }), 0.3) }) },
  { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', content: random => ({ data: random.maybe(() => ({ a: random.pick(['AA==', 'AQ==']) })), stringData: random.maybe(() => map(random, ['b', 'c']), 0.4) }) },
  {
    apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', content: deployment,
    status: random => ({ observedGeneration: random.below(3), replicas: random.below(3), conditions: random.some(['Available', 'Progressing']).map(type => ({ type, status: random.pick(['True', 'False']) })) }),
  },
  { apiVersion: 'v1', kind: 'Service', plural: 'services', content: service, allocated: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', plural: 'ingresses', content: ingress },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', plural: 'roles', content: role },
  {
    apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', content: autoscaler,
    other: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', content: olderAutoscaler },
  },
  {
    apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', content: widget,
    other: { apiVersion: 'example.com/v1beta1', kind: 'Widget', plural: 'widgets', content: olderWidget },
    status: random => defined({ replicas: random.maybe(() => random.below(3)), phase: random.maybe(() => random.pick(words)) }),
  },
  { apiVersion: 'example.com/v1', kind: 'Gadget', plural: 'gadgets', content: gadget },
];

/** Some object of a kind. */
export function manifest(random: Random, kind: Kind, name: string): Data {
  return defined({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, namespace: 'default', ...metadata(random) }, ...kind.content(random) });
}
