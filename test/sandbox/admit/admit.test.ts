import { InMemoryCluster } from './in-memory-cluster';
import { admit } from '../../../lib/sandbox/admit/admit';
import type { User } from '../../../lib/sandbox/api';
import { applyDefaults } from '../../../lib/sandbox/defaults/apply-defaults';
import { prepareForCreate } from '../../../lib/sandbox/defaults/prepare';
import type { JsonMap, StoredObject } from '../../../lib/sandbox/json';
import { resourceName, type ServedResource } from '../../../lib/sandbox/served-resource';
import { StatusError } from '../../../lib/sandbox/status-error';
import { invalid } from '../../../lib/sandbox/validate/invalid';
import { validateCreate } from '../../../lib/sandbox/validate/validate';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { collectionPath, readServedKinds } from '../defaults/served-kinds';
import { decode } from '../validate/decode';

const namespace = (name: string, labels: Record<string, string> = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const level = (mode: string, value: string) => ({ [`pod-security.kubernetes.io/${mode}`]: value });
const inside = (place: string, apiVersion: string, kind: string, name: string, more: object) => (
  { apiVersion, kind, metadata: { name, namespace: place }, ...more }
);

/** What is there before the first question. */
const OBJECTS: readonly KubeObject[] = [
  namespace('plain'), namespace('limited'), namespace('full'), namespace('base', level('enforce', 'baseline')), namespace('strict', level('enforce', 'restricted')),
  namespace('warned', { ...level('enforce', 'baseline'), ...level('warn', 'restricted') }),
  inside('limited', 'v1', 'LimitRange', 'a', {
    spec: {
      limits: [
        {
          type: 'Container', default: { cpu: '500m', memory: '1Gi' }, defaultRequest: { cpu: '100m' }, max: { cpu: '2' }, min: { cpu: '10m' },
          maxLimitRequestRatio: { cpu: '10' },
        },
        { type: 'Pod', max: { cpu: '3' } }, { type: 'PersistentVolumeClaim', max: { storage: '10Gi' }, min: { storage: '1Gi' } },
      ],
    },
  }),
  inside('full', 'v1', 'ResourceQuota', 'objects', { spec: { hard: { 'configmaps': '2', 'services': '1', 'count/deployments.apps': '0', 'services.nodeports': '0' } } }),
  inside('full', 'v1', 'ResourceQuota', 'compute', { spec: { hard: { 'pods': '1', 'requests.cpu': '1', 'limits.memory': '1Gi' } } }),
  inside('full', 'v1', 'ConfigMap', 'a', {}),
  inside('plain', 'v1', 'ServiceAccount', 'quiet', { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'x' }] }),
  inside('plain', 'v1', 'Service', 'present', { spec: { clusterIP: '10.0.0.77', type: 'NodePort', ports: [{ port: 80, nodePort: 30_077 }] } }),
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 7, preemptionPolicy: 'Never' },
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'a/b' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'edge', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }, spec: { controller: 'a/b' } },
];

const pod = (place: string, more: object = {}, container: object = {}) => inside(place, 'v1', 'Pod', 'a', { spec: { ...more, containers: [{ name: 'a', image: 'a', ...container }] } });
const template = (container: object = {}) => ({ metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a', ...container }] } });
const deployment = (place: string, container: object = {}) => inside(place, 'apps/v1', 'Deployment', 'a', { spec: { selector: { matchLabels: { a: 'b' } }, template: template(container) } });
const claim = (place: string, storage: string, more: object = {}) => inside(place, 'v1', 'PersistentVolumeClaim', 'a', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...more } });
const resources = (cpu: string, memory: string) => ({ resources: { limits: { cpu, memory }, requests: { cpu, memory } } });
const safe = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const service = (spec: object) => inside('plain', 'v1', 'Service', 'a', { spec: { ports: [{ port: 80 }], ...spec } });

const CASES: readonly [title: string, manifest: KubeObject][] = [
  ['a namespace that is missing', inside('nowhere', 'v1', 'ConfigMap', 'a', {})],
  ['a plain Pod', pod('plain')],
  ['a Pod with another account', pod('plain', { serviceAccountName: 'quiet' })],
  ['a Pod that wants the token all the same', pod('plain', { serviceAccountName: 'quiet', automountServiceAccountToken: true })],
  ['a Pod without its token', pod('plain', { automountServiceAccountToken: false })],
  ['a Pod that mounts something there itself', pod('plain', { volumes: [{ name: 'v' }] }, { volumeMounts: [{ name: 'v', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] })],
  ['a Pod with more containers', pod('plain', { initContainers: [{ name: 'i', image: 'i' }] })],
  ['a Pod with an account that is missing', pod('plain', { serviceAccountName: 'missing' })],
  ['a Pod with a priority', pod('plain', { priorityClassName: 'high' })],
  ['a Pod with a priority class that is missing', pod('plain', { priorityClassName: 'missing' })],
  ['a Pod with a number for a priority', pod('plain', { priority: 3 })],
  ['a Pod with tolerations', pod('plain', { tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }] })],
  ['a Pod that tolerates everything', pod('plain', { tolerations: [{ operator: 'Exists' }] })],
  ['a second default priority class', { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'a' }, value: 1, globalDefault: true }],
  ['limits that are set', pod('limited')],
  ['limits that are set beside its own', pod('limited', { initContainers: [{ name: 'i', image: 'i', resources: { limits: { cpu: '1' } } }] }, { resources: { requests: { cpu: '200m' } } })],
  ['more than a limit', pod('limited', {}, resources('2500m', '1Gi'))],
  ['less than a limit', pod('limited', {}, resources('1m', '1Gi'))],
  ['too far from the request', pod('limited', {}, { resources: { limits: { cpu: '2' }, requests: { cpu: '100m' } } })],
  ['more than a Pod may have', pod('limited', { initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always', ...resources('2', '1Gi') }] }, resources('2', '1Gi'))],
  ['a claim that is too large', claim('limited', '11Gi')],
  ['a claim that is too small', claim('limited', '1Mi')],
  ['a claim', claim('plain', '1Gi')],
  ['a claim with a class', claim('plain', '1Gi', { storageClassName: 'other' })],
  ['an Ingress', inside('plain', 'networking.k8s.io/v1', 'Ingress', 'a', { spec: { defaultBackend: { service: { name: 'a', port: { number: 80 } } } } })],
  ['a volume', { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'a' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } } }],
  ['a class of volume attributes', { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttributesClass', metadata: { name: 'a' }, driverName: 'a.b', parameters: { a: 'b' } }],
  ['a quota that is full', inside('full', 'v1', 'ConfigMap', 'b', {})],
  ['a quota of a count', deployment('full')],
  ['a quota of node ports', inside('full', 'v1', 'Service', 'a', { spec: { type: 'NodePort', ports: [{ port: 80 }] } })],
  ['a quota with room', inside('full', 'v1', 'Service', 'a', { spec: { ports: [{ port: 80 }] } })],
  ['a quota of what is not said', pod('full')],
  ['a quota of less', pod('full', {}, resources('2', '2Gi'))],
  ['a quota of enough', pod('full', {}, resources('1', '1Gi'))],
  ['the baseline', pod('base')],
  ['everything that the baseline forbids', pod('base', {
    hostNetwork: true, hostPID: true, hostIPC: true, volumes: [{ name: 'h', hostPath: { path: '/a' } }],
    securityContext: { sysctls: [{ name: 'a.b', value: 'c' }], seLinuxOptions: { type: 'x', user: 'u' }, seccompProfile: { type: 'Unconfined' }, appArmorProfile: { type: 'Unconfined' } },
  }, { ports: [{ containerPort: 80, hostPort: 80 }], securityContext: { privileged: true, capabilities: { add: ['SYS_ADMIN', 'KILL'] }, procMount: 'Default' } })],
  ['what is not restricted enough', pod('strict')],
  ['what is explicitly not', pod('strict', { volumes: [{ name: 'n', nfs: { server: 'a', path: '/b' } }], initContainers: [{ name: 'i', image: 'i', securityContext: { runAsUser: 0 } }] }, { securityContext: { runAsNonRoot: false, capabilities: { add: ['KILL'], drop: ['ALL'] } } })],
  ['what is restricted enough', pod('strict', {}, { securityContext: safe })],
  ['a warning of a Pod', pod('warned')],
  ['a warning of a workload', deployment('warned')],
  ['a workload whose Pods would be refused', deployment('strict')],
  ['a Service', service({})],
  ['a Service without an address', service({ clusterIP: 'None' })],
  ['a Service without an address and a selector', service({ clusterIP: 'None', ports: null })],
  ['a Service with an address', service({ clusterIP: '10.0.3.3' })],
  ['a Service with an address that is taken', service({ clusterIP: '10.0.0.77' })],
  ['a Service with an address out of range', service({ clusterIP: '10.9.0.1' })],
  ['a Service with nonsense for an address', service({ clusterIP: 'nonsense' })],
  ['a Service on the nodes', service({ type: 'NodePort', ports: [{ name: 'a', port: 53 }, { name: 'b', port: 53, protocol: 'UDP' }, { name: 'c', port: 80 }] })],
  ['a Service with a load balancer', service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' })],
  ['a Service with a load balancer alone', service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false })],
  ['a Service elsewhere', service({ type: 'ExternalName', externalName: 'a.b', ports: null })],
  ['a Service in two families', service({ ipFamilyPolicy: 'RequireDualStack' })],
];

const masters: User = { name: 'admin', groups: ['system:masters'] };

describeWithCluster('what admission makes of a new object', { controllers: true }, context => {
  const cluster = new InMemoryCluster();
  let kinds: Map<string, ServedResource>;
  const kindOf = ({ apiVersion, kind }: KubeObject) => kinds.get(`${apiVersion} ${kind}`) as ServedResource;

  beforeAll(async () => {
    kinds = await readServedKinds(context.kube);
    for (const object of OBJECTS) await context.kube.apply(object);
    await waitUntil('the controllers have made what belongs to a namespace', async () => {
      const accounts = await Promise.all(['plain', 'limited', 'full', 'base', 'strict', 'warned'].map(name => context.kube.tryGet(`/api/v1/namespaces/${name}/serviceaccounts/default`)));
      const quotas = await context.kube.list('/api/v1/namespaces/full/resourcequotas');
      return accounts.every(account => account) && quotas.every(({ metadata, status }) => Object.keys(status?.used ?? {}).length === (metadata.name === 'compute' ? 3 : 4));
    });
    for (const kind of [...new Set([...OBJECTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: {} }].map(kindOf))]) {
      const { group, version, plural } = kind;
      for (const object of await context.kube.list(`${group ? `/apis/${group}` : '/api'}/${version}/${plural}`)) cluster.create(resourceName(kind), object as unknown as StoredObject);
    }
  }, 120_000);

  function ours(manifest: KubeObject, dryRun = true): { result: JsonMap; warnings: string[] } {
    const resource = kindOf(manifest);
    const warnings: string[] = [];
    try {
      const object = decode(resource, manifest as unknown as JsonMap) as StoredObject;
      applyDefaults(resource, object);
      object.metadata.uid = 'u';
      prepareForCreate(resource, object, { now: new Date() });
      const { name, namespace: place } = manifest.metadata;
      admit({ operation: 'CREATE', resource, namespace: place, name: name!, user: masters, dryRun, object, warn: message => warnings.push(message) }, cluster);
      const causes = validateCreate(resource, object);
      if (causes.length > 0) throw invalid(resource, name!, causes);
      return { result: object, warnings };
    } catch (error) {
      if (error instanceof StatusError) return { result: error.toStatus(), warnings };
      throw error;
    }
  }

  /** Without what no two servers have in common. */
  function comparable(object: JsonMap): unknown {
    const { metadata, ...rest } = structuredClone(object);
    const own = metadata as JsonMap | undefined ?? {};
    for (const key of ['uid', 'creationTimestamp', 'managedFields', 'resourceVersion']) delete own[key];
    const text = JSON.stringify({ ...rest, metadata: own }).replace(/kube-api-access-\w{5}/g, 'kube-api-access-xxxxx').replace(/"lastPhaseTransitionTime":"[^"]+"/g, '"lastPhaseTransitionTime":"now"');
    return JSON.parse(text);
  }

  test.each(CASES)('%s', async (...[, manifest]) => {
    const place = manifest.metadata.namespace ?? 'default';
    const { body, headers } = await context.kube.request('POST', `${collectionPath(kindOf(manifest), place)}?dryRun=All`, manifest);
    const { result, warnings } = ours(manifest);
    expect(comparable(result)).toEqual(comparable(body as JsonMap));
    const real = [headers.warning ?? []].flat().join(', ').match(/299 - "(?:[^"\\]|\\.)*"/g) ?? [];
    expect(warnings.map(message => `299 - ${JSON.stringify(message)}`)).toEqual(real.filter(text => text.includes('PodSecurity')));
  });

  test.each<[string, object]>([
    ['an address', { clusterIP: '10.0.0.77', ports: [{ port: 80 }] }], ['a node port', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_077 }] }],
    ['a node port out of range', { type: 'NodePort', ports: [{ port: 80, nodePort: 29_999 }] }],
  ])('%s that cannot be had', async (...[, spec]) => {
    const manifest = inside('plain', 'v1', 'Service', 'b', { spec });
    const { body } = await context.kube.request('POST', '/api/v1/namespaces/plain/services', manifest);
    expect(ours(manifest, false).result).toEqual(body);
  });

  test('Services get addresses and ports that nobody has, and keep them', () => {
    const make = (name: string, spec: object) => {
      const { result } = ours(inside('plain', 'v1', 'Service', name, { spec }), false);
      return cluster.create('services', { ...result, metadata: { ...result.metadata as JsonMap, resourceVersion: '1' } });
    };
    const made = Array.from({ length: 20 }, (_, i) => make(`s${i}`, { type: 'NodePort', ports: [{ port: 80 }] }));
    expect(new Set(made.map(({ spec }) => (spec as JsonMap).clusterIP)).size).toBe(20);
    expect(new Set(made.map(({ spec }) => ((spec as JsonMap).ports as JsonMap[])[0].nodePort)).size).toBe(20);
    const [old] = made;
    const resource = kinds.get('v1 Service') as ServedResource;
    const change = (spec: JsonMap) => {
      const object = decode(resource, { apiVersion: 'v1', kind: 'Service', metadata: old.metadata, spec }) as StoredObject;
      applyDefaults(resource, object);
      admit({ operation: 'UPDATE', resource, namespace: 'plain', name: 's0', user: masters, dryRun: false, object, old }, cluster);
      return object.spec as JsonMap;
    };
    expect(change({ type: 'NodePort', ports: [{ port: 80 }] })).toEqual(old.spec);
    const { clusterIP, ports } = change({ type: 'ClusterIP', ports: [{ port: 80 }] });
    expect([clusterIP, ports]).toEqual([(old.spec as JsonMap).clusterIP, [{ port: 80, protocol: 'TCP', targetPort: 80 }]]);
    expect(change({ type: 'ExternalName', externalName: 'a.b' }).clusterIP).toBeUndefined();
    cluster.delete('services', { namespace: 'plain', name: 's0' });
    expect((make('again', { clusterIP: String(clusterIP), ports: [{ port: 80 }] }).spec as JsonMap).clusterIP).toBe(clusterIP);
  });

  test('a namespace that ends takes nothing new, and some never end', async () => {
    await context.kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', namespace: 'base', finalizers: ['a.b/c'] } });
    await context.kube.delete('/api/v1/namespaces/base');
    cluster.create('namespaces', await context.kube.get('/api/v1/namespaces/base') as unknown as StoredObject);
    const manifest = inside('base', 'v1', 'ConfigMap', 'new', {});
    const { body } = await context.kube.request('POST', '/api/v1/namespaces/base/configmaps', manifest);
    expect(ours(manifest).result).toEqual(body);
    const refused = await context.kube.request('DELETE', '/api/v1/namespaces/default');
    const resource = kinds.get('v1 Namespace') as ServedResource;
    expect(() => admit({ operation: 'DELETE', resource, name: 'default', user: masters, dryRun: false }, cluster)).toThrow((refused.body as { message: string }).message);
  });
});
