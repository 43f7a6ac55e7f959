import type { ApiError } from '../../../lib/kube/api-error';
import { isImmutable } from '../../../lib/kube/immutable';
import type { Manifest } from '../../../lib/tree/manifest';
import type { ClusterTestContext } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import type { RealConnection } from '../real-connection';

const rbac = 'rbac.authorization.k8s.io';
const request = (deviceClassName: string) => ({ exactly: { deviceClassName }, name: 'one' });
const labels = { app: 'a' };
const claims = (storage: string) => [{ metadata: { name: 'a' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } }];
const statefulSet = (storage: string) => ({
  spec: { serviceName: 'a', selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } }, volumeClaimTemplates: claims(storage) },
});
const job = (more: object) => ({ spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } }, ...more } });
const definition = (scope: string) => ({
  spec: {
    group: 'fixed.example', scope, names: { kind: 'Fixed', plural: 'fixeds' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
});

const IMMUTABLE = ': field is immutable';

/** The kinds that test/kube/immutable.test.ts has not: the one cause that the server gives for a change that it never takes. */
const refusals: [apiVersion: string, kind: string, before: object, after: object, reason: string, field: string, end: string][] = [
  [`${rbac}/v1`, 'ClusterRoleBinding', { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'a' } }, { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'b' } }, 'FieldValueInvalid', 'roleRef', ': cannot change roleRef'],
  ['apps/v1', 'StatefulSet', statefulSet('1Gi'), statefulSet('2Gi'), 'FieldValueForbidden', 'spec', "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"],
  ['apps/v1', 'ControllerRevision', { revision: 1, data: { a: 1 } }, { revision: 1, data: { a: 2 } }, 'FieldValueInvalid', 'data', IMMUTABLE],
  ['batch/v1', 'Job', job({ completionMode: 'NonIndexed' }), job({ completionMode: 'Indexed', completions: 1 }), 'FieldValueInvalid', 'spec.completionMode', IMMUTABLE],
  ['resource.k8s.io/v1', 'ResourceClaim', { spec: { devices: { requests: [request('a')] } } }, { spec: { devices: { requests: [request('b')] } } }, 'FieldValueInvalid', 'spec', IMMUTABLE],
  ['resource.k8s.io/v1', 'ResourceClaimTemplate', { spec: { spec: { devices: { requests: [request('a')] } } } }, { spec: { spec: { devices: { requests: [request('b')] } } } }, 'FieldValueInvalid', 'spec', IMMUTABLE],
  ['storage.k8s.io/v1', 'VolumeAttachment', { spec: { attacher: 'a', nodeName: 'a', source: { persistentVolumeName: 'a' } } }, { spec: { attacher: 'a', nodeName: 'b', source: { persistentVolumeName: 'a' } } }, 'FieldValueInvalid', 'spec', IMMUTABLE],
  ['storage.k8s.io/v1', 'CSIDriver', { spec: { attachRequired: true } }, { spec: { attachRequired: false } }, 'FieldValueInvalid', 'spec.attachedRequired', IMMUTABLE],
  ['storage.k8s.io/v1', 'CSINode', { spec: { drivers: [{ name: 'a', nodeID: 'a', topologyKeys: ['a'] }] } }, { spec: { drivers: [{ name: 'a', nodeID: 'b', topologyKeys: ['a'] }] } }, 'FieldValueInvalid', 'spec.drivers', IMMUTABLE],
  ['storage.k8s.io/v1', 'CSIStorageCapacity', { storageClassName: 'a' }, { storageClassName: 'b' }, 'FieldValueInvalid', 'storageClassName', IMMUTABLE],
  ['storage.k8s.io/v1', 'StorageClass', { provisioner: 'a', parameters: { a: 'b' } }, { provisioner: 'a', parameters: { a: 'c' } }, 'FieldValueInvalid', 'parameters', IMMUTABLE],
  ['node.k8s.io/v1', 'RuntimeClass', { handler: 'a' }, { handler: 'b' }, 'FieldValueInvalid', 'handler', IMMUTABLE],
  ['networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['10.9.0.0/24'] } }, { spec: { cidrs: ['10.8.0.0/24'] } }, 'FieldValueInvalid', 'spec.cidrs[0]', IMMUTABLE],
  ['scheduling.k8s.io/v1', 'PriorityClass', { value: 1, preemptionPolicy: 'Never' }, { value: 1, preemptionPolicy: 'PreemptLowerPriority' }, 'FieldValueInvalid', 'preemptionPolicy', IMMUTABLE],
  ['v1', 'Secret', { immutable: true, data: { a: 'YQ==' } }, { data: { a: 'YQ==' } }, 'FieldValueForbidden', 'immutable', 'Forbidden: field is immutable when `immutable` is set'],
  ['storage.k8s.io/v1', 'VolumeAttributesClass', { driverName: 'a', parameters: { a: 'b' } }, { driverName: 'b', parameters: { a: 'b' } }, 'FieldValueForbidden', 'driverName', 'Forbidden: updates to driverName are forbidden.'],
];

/** Refused in words that are not read as immutable: a Node is its kubelet's to make anew. */
const others: typeof refusals = [
  ['v1', 'Node', { spec: { podCIDR: '10.1.0.0/24' } }, { spec: { podCIDR: '10.2.0.0/24' } }, 'FieldValueForbidden', 'spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'],
  ['v1', 'Node', { spec: { providerID: 'a://a' } }, { spec: { providerID: 'a://b' } }, 'FieldValueForbidden', 'spec.providerID', 'node updates may not change providerID except from "" to valid'],
];

/** What the server never takes, and whether we read it so. */
export function immutableFacts(context: ClusterTestContext, real: RealConnection): void {

  function manifestOf([apiVersion, kind, before]: typeof refusals[number]): Manifest {
    const name = `fixed-${[...refusals, ...others].findIndex(row => row[2] === before)}`;
    return { apiVersion, kind, metadata: { name, labels, ...(real.resource({ apiVersion, kind }).namespaced ? { namespace: 'default' } : {}) } };
  }

  async function refusalOf(before: Manifest, after: Manifest): Promise<ApiError> {
    await real.apply(before);
    return real.apply(after).then(() => { throw new Error('it was accepted'); }, (error: ApiError) => error);
  }

  test.each([...refusals.map(row => [...row, true] as const), ...others.map(row => [...row, false] as const)])('%s %s', async (...row) => {
    const [apiVersion, kind, before, after, reason, field, end, immutable] = row;
    const manifest = manifestOf([apiVersion, kind, before, after, reason, field, end]);
    const error = await refusalOf({ ...manifest, ...before }, { ...manifest, ...after });
    expect(error).toMatchObject({ status: 422, reason: 'Invalid' });
    expect(error.details?.causes).toEqual([{ reason, field, message: expect.stringContaining(end) }]);
    expect(error.details?.causes?.[0].message?.endsWith(end)).toBe(true);
    expect(isImmutable(error)).toBe(immutable);
  });

  test('the scope of a definition, from when it is established', async () => {
    const manifest = (scope: string): Manifest => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'fixeds.fixed.example' }, ...definition(scope) });
    await real.apply(manifest('Namespaced'));
    await waitUntil('it is established', async () => JSON.stringify((await context.kube.find(manifest('') as never))?.status).includes('"type":"Established"'));
    const error = await refusalOf(manifest('Namespaced'), manifest('Cluster'));
    expect(error.details?.causes).toEqual([{ reason: 'FieldValueInvalid', field: 'spec.scope', message: 'Invalid value: "Cluster": field is immutable' }]);
    expect(isImmutable(error)).toBe(true);
  });

  test.each(['uid', 'deletionTimestamp'])("the object's identity is called immutable too, and is none of ours to make anew: metadata.%s", async key => {
    const path = '/api/v1/namespaces/default/configmaps/identity';
    await real.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'identity', namespace: 'default' } });
    const value = key === 'uid' ? 'x' : '2020-01-01T00:00:00Z';
    const error = await real.connection.request({
      method: 'PATCH', path, contentType: 'application/apply-patch+yaml', query: { fieldManager: 'x' },
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'identity', [key]: value } },
    }).then(() => undefined, (e: ApiError) => e);
    const cause = { reason: 'FieldValueInvalid', field: `metadata.${key}`, message: `Invalid value: "${value}": field is immutable` };
    expect(error?.details?.causes).toEqual([cause, cause]);
    expect(isImmutable(error)).toBe(false);
  });
}
