import { RealConnection } from './real-connection';
import { ApiError, type StatusCause } from '../../lib/kube/api-error';
import { isImmutable } from '../../lib/kube/immutable';
import { objectError } from '../../lib/kube/object-error';
import type { Manifest } from '../../lib/tree/manifest';
import { describeWithCluster } from '../control-plane/describe-cluster';

const labels = (app: string) => ({ app });
const template = (app: string, image = 'a', more: object = {}) => ({ metadata: { labels: labels(app) }, spec: { ...more, containers: [{ name: 'a', image }] } });
const workload = (app: string, more: object = {}, image?: string) => ({
  spec: { selector: { matchLabels: labels(app) }, template: template(app, image), ...more },
});
const rbac = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role' };
const claim = (more: object) => ({ spec: { storageClassName: 'a', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...more } });
const volume = (path: string) => ({ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path } } });
const never = { restartPolicy: 'Never' };
const pod = (...containers: object[]) => ({ spec: { containers } });

/** The kind, the fields that are named, what the object was and what it shall be. */
const immutable: [apiVersion: string, kind: string, fields: string, before: object, after: object][] = [
  ['apps/v1', 'Deployment', 'spec.selector', workload('a'), workload('b')],
  ['apps/v1', 'DaemonSet', 'spec.selector', workload('a'), workload('b')],
  ['apps/v1', 'ReplicaSet', 'spec.selector', workload('a'), workload('b')],
  ['apps/v1', 'StatefulSet', 'spec', workload('a', { serviceName: 'a' }), workload('a', { serviceName: 'b' })],
  ['batch/v1', 'Job', 'spec.template', { spec: { template: template('a', 'a', never) } }, { spec: { template: template('a', 'b', never) } }],
  ['v1', 'Pod', 'spec', pod({ name: 'a', image: 'a' }), pod({ name: 'a', image: 'a', env: [{ name: 'A', value: 'b' }] })],
  ['v1', 'Pod', 'spec.containers', pod({ name: 'a', image: 'a' }), pod({ name: 'a', image: 'a' }, { name: 'b', image: 'b' })],
  ['v1', 'Service', 'spec.clusterIPs[0]', { spec: { ports: [{ port: 80 }] } }, { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'roleRef', { roleRef: { ...rbac, name: 'a' } }, { roleRef: { ...rbac, name: 'b' } }],
  ['v1', 'ConfigMap', 'immutable, data', { immutable: true, data: { a: '1' } }, { immutable: false, data: { a: '2' } }],
  ['v1', 'Secret', 'data', { immutable: true, data: { a: 'YQ==' } }, { immutable: true, data: { a: 'Yg==' } }],
  ['v1', 'Secret', 'type', { type: 'a/b' }, { type: 'a/c' }],
  ['v1', 'PersistentVolumeClaim', 'spec', claim({}), claim({ storageClassName: 'b' })],
  ['v1', 'PersistentVolume', 'spec.persistentvolumesource', volume('/a'), volume('/b')],
  ['storage.k8s.io/v1', 'StorageClass', 'reclaimPolicy, provisioner', { provisioner: 'a/b' }, { provisioner: 'a/c', reclaimPolicy: 'Retain' }],
  ['storage.k8s.io/v1', 'VolumeAttributesClass', 'parameters', { driverName: 'a.b', parameters: { a: 'b' } }, { driverName: 'a.b', parameters: { a: 'c' } }],
  ['networking.k8s.io/v1', 'IngressClass', 'spec.controller', { spec: { controller: 'a/b' } }, { spec: { controller: 'a/c' } }],
  ['scheduling.k8s.io/v1', 'PriorityClass', 'value', { value: 1 }, { value: 2 }],
  ['discovery.k8s.io/v1', 'EndpointSlice', 'addressType', { addressType: 'IPv4', endpoints: [] }, { addressType: 'IPv6', endpoints: [] }],
];

const invalid: [title: string, apiVersion: string, kind: string, before: object, after: object][] = [
  ['an immutable field and a missing one', 'apps/v1', 'Deployment', workload('a'), workload('b', {}, '')],
  ['an immutable field and a number out of range', 'apps/v1', 'StatefulSet', workload('a', { serviceName: 'a' }), workload('a', { serviceName: 'b', replicas: -1 })],
  ['a number out of range', 'apps/v1', 'Deployment', workload('a'), workload('a', { replicas: -1 })],
  ['a required value', 'v1', 'Service', { spec: { ports: [{ port: 80 }] } }, { spec: { ports: [] } }],
];

describeWithCluster('immutable fields', {}, context => {
  const real = new RealConnection(context);

  async function refusal(name: string, apiVersion: string, kind: string, before: object, after: object): Promise<unknown> {
    const { namespaced } = real.resource({ apiVersion, kind });
    const manifest: Manifest = { apiVersion, kind, metadata: { name, ...(namespaced ? { namespace: 'default' } : {}) } };
    await real.apply({ ...manifest, ...before });
    return real.apply({ ...manifest, ...after }).then(() => { throw new Error('it was accepted'); }, (error: unknown) => error);
  }

  test.each(immutable)('%s %s: %s', async (apiVersion, kind, fields, before, after) => {
    const error = await refusal(`yes-${immutable.findIndex(row => row[3] === before)}`, apiVersion, kind, before, after);
    expect(isImmutable(error)).toBe(true);
    const { code, what, fix } = objectError(real.connection, 'x', error);
    expect([code, what]).toEqual(['FLT5107', expect.stringContaining(': ')]);
    expect(what.split(': ')[1].split(', ').sort()).toEqual(fields.split(', ').sort());
    expect(fix).toContain('`cdk8s-flotilla.dev/on-immutable: recreate`');
  });

  test.each(invalid)('%s: an invalid manifest, which no re-creation mends', async (title, apiVersion, kind, before, after) => {
    const error = await refusal(`no-${invalid.findIndex(row => row[0] === title)}`, apiVersion, kind, before, after);
    expect(error).toMatchObject({ status: 422 });
    expect(isImmutable(error)).toBe(false);
    expect(objectError(real.connection, 'x', error).code).toBe('FLT5102');
  });
});

const cause = { reason: 'FieldValueInvalid', message: 'Invalid value: "a": field is immutable', field: 'spec.selector' };

test.each<[string, number, string, StatusCause[], boolean]>([
  ['an immutable field', 422, 'Invalid', [cause], true],
  ['two of them', 422, 'Invalid', [cause, { ...cause, field: 'spec.type' }], true],
  ['no cause at all', 422, 'Invalid', [], false],
  ['another status', 403, 'Forbidden', [cause], false],
  ["the object's identity", 422, 'Invalid', [{ ...cause, field: 'metadata.namespace' }], false],
  ['a value that only talks of it', 422, 'Invalid', [{ ...cause, message: 'Invalid value: "field is immutable": must be a number' }], false],
  ['one of another reason', 422, 'Invalid', [cause, { ...cause, reason: 'FieldValueRequired' }], false],
])('%s', (_, status, reason, causes, expected) => {
  expect(isImmutable(new ApiError({ status, reason, message: '', request: { method: 'PATCH', path: '/' }, details: { causes } }))).toBe(expected);
});
