import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { boutique } from '../../examples/boutique/main';
import { AnyApplication, Application, Cluster, Manifest } from '../../lib';
import { targetsOf } from '../../lib/testing';
import { parseYamlDocuments } from '../../lib/yaml/parse';
import '../../lib/testing/jest';

const CORPUS = join(__dirname, '..', '..', '..', 'shared', 'corpora', 'microservices-demo', 'kubernetes-manifests.yaml');
const describeWithCorpus = existsSync(CORPUS) ? describe : describe.skip;
const published = existsSync(CORPUS) ? objectsIn(readFileSync(CORPUS, 'utf8')) : [];

const SERVICES = [
  'adservice', 'cartservice', 'checkoutservice', 'currencyservice', 'emailservice', 'frontend', 'paymentservice',
  'productcatalogservice', 'recommendationservice', 'redis-cart', 'shippingservice',
];
const CLUSTERS = ['dev', 'prod', 'staging'].flatMap(stage => ['eu-west-1', 'us-east-1', 'us-west-2'].map(region => `${stage}-${region}`));

const { files, ...totals } = boutique().synthesize();

describeWithCorpus('the published shop', () => {
  const base = new Map(applications().flatMap(renderBase).map(object => [keyOf(object), object]));

  test('has 35 objects', () => {
    expect(published).toHaveLength(35);
    expect(count(published.map(object => object.kind))).toEqual({ Deployment: 12, Service: 12, ServiceAccount: 11 });
  });

  test.each(published.map(object => [keyOf(object), object] as const))('%s is what the program renders before any overlay', (key, object) => {
    expect(base.get(key)).toEqual(object);
  });

  test('is what the program renders, but for the platform and the optional assistant', () => {
    const added = [...base.keys()].filter(key => !published.some(object => keyOf(object) === key));
    expect(added.sort()).toEqual([
      'Deployment shoppingassistantservice', 'LimitRange limits', 'Namespace boutique',
      'NetworkPolicy allow-ingress-from-here', 'NetworkPolicy allow-ingress-to-public', 'NetworkPolicy deny-ingress',
      'ResourceQuota quota', 'Service shoppingassistantservice', 'ServiceAccount shoppingassistantservice',
    ]);
  });

  test('is on every cluster as a whole; what comes on top is ours', () => {
    const isOurs = (object: AnyManifest) => !published.some(each => keyOf(each) === keyOf(object));
    const onTop = (cluster: string) => count(objectsOn(cluster).filter(isOurs).map(object => object.kind));
    const platform = { LimitRange: 1, Namespace: 1, NetworkPolicy: 3, ResourceQuota: 1 };
    const assistant = { Deployment: 1, Service: 1, ServiceAccount: 1 };
    const web = { ConfigMap: 1, Ingress: 1 };
    expect(onTop('dev-eu-west-1')).toEqual({ ...platform, ...web });
    expect(onTop('staging-eu-west-1')).toEqual({ ...platform, Ingress: 1 });
    expect(onTop('prod-us-east-1')).toEqual({ ...platform, ...web, ...assistant });
    expect(onTop('prod-eu-west-1')).toEqual({ ...platform, ...web, NetworkPolicy: 6 });
    // Only the load generator is left out where there are real customers.
    const missing = (cluster: string) => published.map(keyOf).filter(key => !objectsOn(cluster).some(object => keyOf(object) === key));
    expect(missing('staging-us-west-2')).toEqual([]);
    expect(missing('prod-us-west-2')).toEqual(['Deployment loadgenerator', 'ServiceAccount loadgenerator']);
  });
});

describe('the fleet', () => {
  test('has nine clusters, three in each environment', () => {
    expect(totals).toMatchObject({ clusters: CLUSTERS, targets: 120 });
  });

  test.each<[cluster: string, labels: string]>([
    ['dev-us-west-2', 'engineering shop standard us-west-2'],
    ['dev-us-east-1', 'engineering shop standard us-east-1'],
    ['dev-eu-west-1', 'engineering shop standard eu-west-1'],
    ['staging-us-west-2', 'engineering sre standard us-west-2'],
    ['staging-us-east-1', 'engineering sre standard us-east-1'],
    ['staging-eu-west-1', 'engineering sre standard eu-west-1'],
    ['prod-us-west-2', 'retail sre standard us-west-2'],
    ['prod-us-east-1', 'retail sre standard us-east-1'],
    ['prod-eu-west-1', 'retail sre-europe pci eu-west-1'],
  ])('%s is labelled %s', (name, labels) => {
    const cluster = boutique().node.findAll().find(construct => construct instanceof Cluster && construct.name === name) as Cluster;
    const { region, team, 'cluster-type': type, 'cost-center': costs } = cluster.labels;
    expect([costs, team, type, region].join(' ')).toBe(labels);
  });

  test('runs every service everywhere, the load generator where there are no customers, the assistant in America', () => {
    const running = Object.fromEntries(CLUSTERS.map(cluster => [cluster, applicationsOn(cluster)]));
    const everywhere = ['platform', ...SERVICES];
    expect(running).toEqual(Object.fromEntries(CLUSTERS.map(cluster => [cluster, [
      ...everywhere,
      ...(cluster.startsWith('prod') ? [] : ['loadgenerator']),
      ...(cluster.includes('-us-') ? ['shoppingassistantservice'] : []),
    ].sort()])));
  });

  test.each([
    ['platform', undefined],
    ['redis-cart', ['platform']],
    ['cartservice', ['platform', 'redis-cart']],
    ['recommendationservice', ['platform', 'productcatalogservice']],
    ['checkoutservice', ['cartservice', 'currencyservice', 'emailservice', 'paymentservice', 'platform', 'productcatalogservice', 'shippingservice']],
    ['frontend', ['checkoutservice', 'platform']],
    ['loadgenerator', ['frontend', 'platform']],
  ])('%s waits for %j', (application, dependsOn) => {
    const [delivery] = objectsIn(files.get(`clusters/dev-us-west-2/${application}.yaml`)!);
    expect((delivery.spec as { dependsOn?: string[] }).dependsOn).toEqual(dependsOn);
  });

  test('becomes the same tree each time', () => {
    expect([...boutique().synthesize().files]).toEqual([...files]);
  });
});

describe('what differs from cluster to cluster', () => {
  const FRONTEND = 'Deployment frontend';
  const AD = 'Deployment adservice';

  test.each<[what: string, look: (cluster: string) => unknown, expected: Record<string, unknown>]>([
    ['replicas of the frontend', c => find(c, FRONTEND).spec.replicas, {
      'dev': undefined, 'staging': 2, 'prod': 3, 'prod-us-east-1': 6,
    }],
    ['replicas of redis', c => find(c, 'Deployment redis-cart').spec.replicas, { dev: undefined, staging: undefined, prod: undefined }],
    ['version of the ad service', c => imageOf(find(c, AD)).split(':')[1], { dev: 'v0.11.0-rc.2', staging: 'v0.11.0-rc.1', prod: 'v0.10.6' }],
    ['log level', c => environmentOf(find(c, AD)).LOG_LEVEL, { dev: 'debug', staging: 'info', prod: 'warn' }],
    ['memory of redis', c => containerOf(find(c, 'Deployment redis-cart')).resources.limits.memory, { dev: '256Mi', staging: '256Mi', prod: '768Mi' }],
    ['most cpu of the frontend', c => containerOf(find(c, FRONTEND)).resources.limits.cpu, { dev: '200m', staging: '200m', prod: '500m' }],
    ['host', c => find(c, 'Ingress frontend').spec.rules[0].host, {
      ...Object.fromEntries(CLUSTERS.map(name => [name, `${name.replace(/^[a-z]+-/, '')}.${name.startsWith('prod') ? '' : `${name.split('-')[0]}.`}boutique.example`])),
      'prod-eu-west-1': 'eu-west-1.boutique.example',
    }],
    ['settings of the frontend', c => tryFind(c, 'ConfigMap frontend-settings')?.data, {
      'dev': { ENABLE_ASSISTANT: 'true', FRONTEND_MESSAGE: 'Not the real shop' },
      'dev-eu-west-1': { FRONTEND_MESSAGE: 'Not the real shop' },
      'staging': { ENABLE_ASSISTANT: 'true' },
      'staging-eu-west-1': undefined,
      'prod': { ENABLE_ASSISTANT: 'true' },
      'prod-eu-west-1': { FRONTEND_MESSAGE: 'Free delivery in Europe' },
    }],
    ['customers that are played', c => tryFind(c, 'Deployment loadgenerator') && environmentOf(find(c, 'Deployment loadgenerator')).USERS, {
      dev: '10', staging: '100', prod: undefined,
    }],
    ['profile of pod security', c => find(c, 'Namespace boutique').metadata.labels?.['pod-security.kubernetes.io/enforce'], {
      'dev': 'baseline', 'staging': 'baseline', 'prod': 'baseline', 'prod-eu-west-1': 'restricted',
    }],
    ['seccomp profile', c => find(c, FRONTEND).spec.template.spec.securityContext.seccompProfile?.type, {
      'dev': undefined, 'staging': undefined, 'prod': undefined, 'prod-eu-west-1': 'RuntimeDefault',
    }],
    ['who pays', c => find(c, 'Namespace boutique').metadata.labels?.['cost-center'], { dev: 'engineering', staging: 'engineering', prod: 'retail' }],
  ])('%s', (_, look, expected) => {
    const found = Object.fromEntries(CLUSTERS.map(cluster => [cluster, look(cluster)]));
    // The name of a cluster in the table wins over its environment.
    expect(found).toEqual(Object.fromEntries(CLUSTERS.map(cluster => [
      cluster, cluster in expected ? expected[cluster] : expected[cluster.split('-')[0]],
    ])));
  });

  test('pods start again when settings change', () => {
    const checksum = (cluster: string) => find(cluster, FRONTEND).spec.template.metadata.annotations['boutique.example/settings'] as string;
    expect(checksum('prod-eu-west-1')).not.toBe(checksum('prod-us-east-1'));
    expect(checksum('prod-us-west-2')).toBe(checksum('prod-us-east-1'));
  });
});

describe('every service of the shop', () => {
  const services = targetsOf(boutique()).filter(({ application }) => application !== 'platform');
  const hardened = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, privileged: false, readOnlyRootFilesystem: true };
  const amount = expect.stringMatching(/^\d+(m|Mi)$/);

  test.each(services)('$application on $cluster runs without rights and within limits', target => {
    expect(target).toHaveObject('Deployment', {
      metadata: { name: target.application, namespace: 'boutique' },
      spec: {
        template: {
          spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: target.cluster === 'prod-eu-west-1' ? { type: 'RuntimeDefault' } : undefined },
            containers: [expect.objectContaining({
              securityContext: hardened, resources: { requests: { cpu: amount, memory: amount }, limits: { cpu: amount, memory: amount } },
            })],
          },
        },
      },
    });
  });

  test.each(services.filter(({ application }) => application !== 'frontend'))('$application on $cluster is not for the public', target => {
    expect(target).not.toHaveObject('Ingress');
    expect(target).not.toHaveObject('Service', { spec: { type: 'LoadBalancer' } });
  });
});

describe('the platform', () => {
  test.each(CLUSTERS)('of %s has room for all pods, also during a rollout', cluster => {
    const { hard } = find(cluster, 'ResourceQuota quota').spec as { hard: Record<string, string> };
    const asked = { cpu: 0, memory: 0, pods: 0 };
    for (const deployment of objectsOn(cluster).filter(object => object.kind === 'Deployment')) {
      const replicas = (deployment.spec.replicas ?? 1) as number;
      // The default of maxSurge is 25 per cent, rounded up.
      const pods = replicas + Math.ceil(replicas / 4);
      const { requests } = containerOf(deployment).resources;
      asked.cpu += pods * amountOf(requests.cpu);
      asked.memory += pods * amountOf(requests.memory);
      asked.pods += pods;
    }
    expect(asked.cpu).toBeLessThanOrEqual(amountOf(hard['requests.cpu']));
    expect(asked.memory).toBeLessThanOrEqual(amountOf(hard['requests.memory']));
    expect(asked.pods).toBeLessThanOrEqual(amountOf(hard.pods));
  });
});

function applications(): AnyApplication[] {
  return boutique().node.children.filter(construct => construct instanceof Application);
}

/** What an application renders from the values that it starts with, without namespaces: the published manifests name none. */
function renderBase(application: AnyApplication): AnyManifest[] {
  const chart = new Chart(new App({ outdir: '.' }), application.name);
  application.render!(chart, application.values, {
    fleet: 'boutique', cluster: 'any', environment: 'dev', kubernetesVersion: '1.36', labels: {}, application: application.name, namespace: application.namespace,
  });
  return JSON.parse(JSON.stringify(chart.toJson())) as AnyManifest[];
}

function objectsOn(cluster: string): AnyManifest[] {
  return [...files].filter(([path]) => new RegExp(`^clusters/${cluster}/[^/]+/`).test(path)).flatMap(([, text]) => objectsIn(text));
}

function applicationsOn(cluster: string): string[] {
  return [...files.keys()].flatMap(path => new RegExp(`^clusters/${cluster}/([^/]+)\\.yaml$`).exec(path)?.[1] ?? []);
}

function tryFind(cluster: string, key: string): AnyManifest | undefined {
  return objectsOn(cluster).find(object => keyOf(object) === key);
}

function find(cluster: string, key: string): AnyManifest {
  const found = tryFind(cluster, key);
  if (!found) throw new Error(`no ${key} on ${cluster}`);
  return found;
}

/** Any object; a test says itself what it expects there. */
interface AnyManifest extends Manifest {
  [field: string]: any;
}

function objectsIn(yaml: string): AnyManifest[] {
  return parseYamlDocuments(yaml, 'test').filter(document => document !== null) as AnyManifest[];
}

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

function containerOf(deployment: AnyManifest) {
  return deployment.spec.template.spec.containers[0];
}

function imageOf(deployment: AnyManifest): string {
  return containerOf(deployment).image;
}

function environmentOf(deployment: AnyManifest): Record<string, string> {
  return Object.fromEntries(containerOf(deployment).env.map(({ name, value }: { name: string; value: string }) => [name, value]));
}

/** A quantity as a number: `100m` is 0.1, `1Ki` is 1024. */
function amountOf(quantity: string): number {
  const [, digits, unit] = /^([0-9]+)(m|Ki|Mi|Gi)?$/.exec(quantity)!;
  return Number(digits) * { '': 1, 'm': 0.001, 'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30 }[unit ?? '']!;
}

function count(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...new Set(words)].map(word => [word, words.filter(each => each === word).length]));
}
