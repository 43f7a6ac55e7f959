import { decode } from './decode';
import { applyDefaults } from '../../../lib/sandbox/defaults/apply-defaults';
import { prepareForUpdate } from '../../../lib/sandbox/defaults/prepare';
import type { JsonMap } from '../../../lib/sandbox/json';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { invalid } from '../../../lib/sandbox/validate/invalid';
import { validateUpdate } from '../../../lib/sandbox/validate/validate';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { collectionPath, readServedKinds } from '../defaults/served-kinds';

const rbac = 'rbac.authorization.k8s.io';
const labels = (app: string) => ({ app });
const template = (app: string, image = 'a', more: object = {}) => ({ metadata: { labels: labels(app) }, spec: { ...more, containers: [{ name: 'a', image }] } });
const workload = (app: string, more: object = {}) => ({ spec: { selector: { matchLabels: labels(app) }, template: template(app), ...more } });
const job = (more: object, image = 'a', suspend = false) => ({ spec: { suspend, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image }] } }, ...more } });
const claims = (storage: string) => [{ metadata: { name: 'a' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } }];
const claim = (more: object) => ({ spec: { storageClassName: 'a', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...more } });
const volume = (path: string) => ({ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path } } });
const pod = (container: object, more: object = {}) => ({ spec: { containers: [{ name: 'a', image: 'a', ...container }], ...more } });
const reference = (name: string, kind = 'Role') => ({ roleRef: { apiGroup: rbac, kind, name } });
const request = (deviceClassName: string) => ({ devices: { requests: [{ name: 'one', exactly: { deviceClassName } }] } });
const ports = [{ port: 80 }];
const wrong = { labels: { 'a b': 'c' }, annotations: { 'd e': 'f' }, finalizers: ['x y/z'] };

/** The kind, what the object was and what it shall be. */
const table: [apiVersion: string, kind: string, before: object, after: object][] = [
  ['apps/v1', 'Deployment', workload('a'), workload('b')],
  ['apps/v1', 'ReplicaSet', workload('a'), workload('b')],
  ['apps/v1', 'DaemonSet', workload('a'), workload('b')],
  ['apps/v1', 'StatefulSet', workload('a', { serviceName: 'a' }), workload('a', { serviceName: 'b' })],
  ['apps/v1', 'StatefulSet', workload('a', { volumeClaimTemplates: claims('1Gi') }), workload('a', { volumeClaimTemplates: claims('2Gi') })],
  ['apps/v1', 'ControllerRevision', { revision: 1, data: { a: 1 } }, { revision: 1, data: { a: 2 } }],
  ['batch/v1', 'Job', job({ completions: 2 }), job({ completions: 3 })],
  ['batch/v1', 'Job', job({ completionMode: 'NonIndexed' }), job({ completionMode: 'Indexed', completions: 1 })],
  ['v1', 'Pod', pod({}), pod({ env: [{ name: 'A', value: 'b' }] })],
  ['v1', 'Pod', pod({}), { spec: { containers: [{ name: 'a', image: 'a' }, { name: 'b', image: 'b' }] } }],
  ['v1', 'Service', { spec: { ports } }, { spec: { clusterIP: 'None', ports } }],
  ['v1', 'ConfigMap', { immutable: true, data: { a: '1' } }, { data: { a: '2' } }],
  ['v1', 'Secret', { immutable: true, data: { a: 'YQ==' } }, { immutable: true, data: { a: 'Yg==' } }],
  ['v1', 'Secret', { type: 'a/b' }, { type: 'a/c' }],
  ['v1', 'PersistentVolumeClaim', claim({}), claim({ storageClassName: 'b' })],
  ['v1', 'PersistentVolume', volume('/a'), volume('/b')],
  ['v1', 'Node', { spec: { podCIDR: '10.1.0.0/24' } }, { spec: { podCIDR: '10.2.0.0/24' } }],
  ['v1', 'Node', { spec: { providerID: 'a://a' } }, { spec: { providerID: 'a://b' } }],
  [`${rbac}/v1`, 'RoleBinding', reference('a'), reference('b')],
  [`${rbac}/v1`, 'ClusterRoleBinding', reference('a', 'ClusterRole'), reference('b', 'ClusterRole')],
  ['storage.k8s.io/v1', 'StorageClass', { provisioner: 'a/b' }, { provisioner: 'a/c', reclaimPolicy: 'Retain', parameters: { a: 'b' }, volumeBindingMode: 'WaitForFirstConsumer' }],
  ['storage.k8s.io/v1', 'VolumeAttributesClass', { driverName: 'a.b', parameters: { a: 'b' } }, { driverName: 'a.c', parameters: { a: 'c' } }],
  ['storage.k8s.io/v1', 'VolumeAttachment', { spec: { attacher: 'a', nodeName: 'a', source: { persistentVolumeName: 'a' } } }, { spec: { attacher: 'a', nodeName: 'b', source: { persistentVolumeName: 'a' } } }],
  ['storage.k8s.io/v1', 'CSIDriver', { spec: { attachRequired: true } }, { spec: { attachRequired: false } }],
  ['storage.k8s.io/v1', 'CSINode', { spec: { drivers: [{ name: 'a', nodeID: 'a', topologyKeys: ['a'] }] } }, { spec: { drivers: [{ name: 'a', nodeID: 'b', topologyKeys: ['a'] }] } }],
  ['storage.k8s.io/v1', 'CSIStorageCapacity', { storageClassName: 'a' }, { storageClassName: 'b' }],
  ['networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'a/b' } }, { spec: { controller: 'a/c' } }],
  ['networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['10.9.0.0/24'] } }, { spec: { cidrs: ['10.8.0.0/24'] } }],
  ['scheduling.k8s.io/v1', 'PriorityClass', { value: 1 }, { value: 2, preemptionPolicy: 'Never' }],
  ['discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] }, { addressType: 'IPv6', endpoints: [] }],
  ['node.k8s.io/v1', 'RuntimeClass', { handler: 'a' }, { handler: 'b' }],
  ['resource.k8s.io/v1', 'ResourceClaim', { spec: request('a') }, { spec: request('b') }],
  ['resource.k8s.io/v1', 'ResourceClaimTemplate', { spec: { spec: request('a') } }, { spec: { spec: request('b') } }],
  // Two of them, and one that is wrong whatever it was.
  ['apps/v1', 'StatefulSet', workload('a', { serviceName: 'a' }), workload('a', { serviceName: 'b', replicas: -1 })],
  ['v1', 'ConfigMap', {}, { metadata: wrong }],
  ['v1', 'Service', { spec: { ports } }, { spec: { ports }, metadata: wrong }],
  ['v1', 'LimitRange', { spec: { limits: [] } }, { spec: { limits: [] }, metadata: wrong }],
  ['apps/v1', 'Deployment', workload('a'), { ...workload('a'), metadata: wrong }],
  ['policy/v1', 'PodDisruptionBudget', { spec: {} }, { spec: {}, metadata: wrong }],
  ['networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'a/b' } }, { spec: { controller: 'a/b' }, metadata: wrong }],
];

/** What the real server takes, it has to take. */
const allowed: typeof table = [
  ['apps/v1', 'Deployment', workload('a'), workload('a', { replicas: 3, template: template('a', 'b') })],
  ['apps/v1', 'StatefulSet', workload('a', { serviceName: 'a' }), workload('a', { serviceName: 'a', replicas: 2, minReadySeconds: 3, template: template('a', 'b') })],
  ['v1', 'Pod', pod({}), pod({ image: 'b' }, { activeDeadlineSeconds: 5 })],
  ['v1', 'ConfigMap', { data: { a: '1' } }, { immutable: true, data: { a: '2' } }],
  ['batch/v1', 'Job', job({}), job({ completions: 1, parallelism: 3, ttlSecondsAfterFinished: 1 })],
  [`${rbac}/v1`, 'RoleBinding', reference('a'), { ...reference('a'), subjects: [{ kind: 'User', name: 'x' }] }],
];

describeWithCluster('what may not be changed', {}, context => {
  let kinds: Map<string, ServedResource>;
  beforeAll(async () => {
    kinds = await readServedKinds(context.kube);
  });

  /** The two refusals; undefined where it is taken. */
  async function change([apiVersion, kind, before, after]: typeof table[number], name: string): Promise<{ ours?: JsonMap; real?: JsonMap }> {
    const resource = kinds.get(`${apiVersion} ${kind}`) as ServedResource;
    const path = collectionPath(resource);
    const created = await context.kube.request('POST', path, { ...before, apiVersion, kind, metadata: { name } });
    expect([created.status, (created.body as JsonMap).message]).toEqual([201, undefined]);
    const old = created.body as JsonMap;
    const sent = merge(kind, old, { ...after, apiVersion, kind } as unknown as JsonMap);
    const { status, body } = await context.kube.request('PUT', `${path}/${name}?dryRun=All`, sent);
    const object = decode(resource, sent);
    applyDefaults(resource, object);
    prepareForUpdate(resource, object, old);
    if (kind === 'Service' && (object.spec as JsonMap).clusterIP) (object.spec as JsonMap).clusterIPs = [(object.spec as JsonMap).clusterIP];
    const causes = validateUpdate(resource, object, old);
    return { ours: causes.length > 0 ? invalid(resource, name, causes).toStatus() : undefined, real: status === 200 ? undefined : body as JsonMap };
  }

  /** What a client sends that read the object before. */
  function merge(kind: string, old: JsonMap, after: JsonMap): JsonMap {
    const [before, spec] = [old.spec as JsonMap, after.spec as JsonMap];
    const sent: JsonMap = { ...after, metadata: { ...old.metadata as JsonMap, ...after.metadata as JsonMap | undefined } };
    if (kind === 'Service' && spec.clusterIP === undefined) sent.spec = { ...before, ...spec };
    if (kind === 'Pod') sent.spec = { ...before, ...spec, containers: mergeContainers(old, after) };
    if (kind === 'Job') {
      const { metadata } = before.template as JsonMap;
      sent.spec = { ...spec, selector: before.selector, template: { ...spec.template as JsonMap, metadata } };
    }
    return sent;
  }

  function mergeContainers(old: JsonMap, after: JsonMap): JsonMap[] {
    const had = (old.spec as JsonMap).containers as JsonMap[];
    return ((after.spec as JsonMap).containers as JsonMap[]).map(container => ({ ...had.find(({ name }) => name === container.name), ...container }));
  }

  const causesOf = (status: JsonMap | undefined) => ((status?.details as JsonMap | undefined)?.causes as JsonMap[] | undefined)
    // The difference that the real server appends, and the Go struct that it prints, are left out.
    ?.map(({ field, reason, message }) => `${String(field)} ${String(reason)} ${String(message).split('\n')[0].replace(/Invalid value: [[{].*[\]}]:/, 'Invalid value: …:')}`).sort();

  test.each(table.map(([apiVersion, kind], i) => [i, apiVersion, kind] as const))('%i: %s %s', async i => {
    const { ours, real } = await change(table[i], `no-${i}`);
    expect(real?.code).toBe(422);
    expect(causesOf(ours)).toEqual(causesOf(real));
  });

  test.each(allowed.map(([apiVersion, kind], i) => [i, apiVersion, kind] as const))('%i: %s %s may', async i => {
    expect(await change(allowed[i], `yes-${i}`)).toEqual({ ours: undefined, real: undefined });
  });
});
