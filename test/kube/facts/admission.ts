import { fingerprint, lookMark, ownedFields } from '../../../lib/kube/fingerprint';
import type { ObjectMetadata } from '../../../lib/kube/metadata';
import { getMetadata } from '../../../lib/kube/metadata';
import type { ClusterTestContext } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { configMap, deployment, MANAGER, type RealConnection } from '../real-connection';

const group = 'admissionregistration.k8s.io/v1';

/** Sets a value of objects whose label `mutate` says so, whoever writes them. */
function policy(name: string, resource: string, apiGroup: string, expression: string) {
  return [{
    apiVersion: group, kind: 'MutatingAdmissionPolicy', metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [{ apiGroups: [apiGroup], apiVersions: ['v1'], resources: [resource], operations: ['CREATE', 'UPDATE'] }] },
      matchConditions: [{ name: 'asked', expression: "has(object.metadata.labels) && 'mutate' in object.metadata.labels" }],
      reinvocationPolicy: 'Never', failurePolicy: 'Fail', mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
    },
  }, { apiVersion: group, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } }];
}

/** What a mutating admission control leaves of our marks. */
export function admissionFacts(context: ClusterTestContext, real: RealConnection): void {
  const configMapPath = (name: string) => `/api/v1/namespaces/default/configmaps/${name}`;
  const deploymentPath = (name: string) => `/apis/apps/v1/namespaces/default/deployments/${name}`;
  const moved = (before: ObjectMetadata, after: ObjectMetadata) => (
    Object.entries({ fingerprint, lookMark }).filter(([, mark]) => mark(before, MANAGER) !== mark(after, MANAGER)).map(([name]) => name)
  );

  beforeAll(async () => {
    const manifests = [
      ...policy('settings', 'configmaps', '', "Object{data: {'a': 'theirs'}}"),
      ...policy('workloads', 'deployments', 'apps', 'Object{spec: Object.spec{replicas: 7}}'),
    ];
    for (const manifest of manifests) await real.apply(manifest);
    for (const probe of [configMap('probe', { a: '1' }, { labels: { mutate: '1' } }), { ...deployment('probe'), metadata: { ...deployment('probe').metadata, labels: { mutate: '1' } } }]) {
      await waitUntil('the policy is in force', async () => /theirs|"replicas":7/.test(JSON.stringify(await context.kube.apply(probe as never, { dryRun: true }))));
    }
  });

  test('that changes a value of ours in the write of a third party leaves it among our fields: the generation moves', async () => {
    const { metadata: before } = await real.apply(deployment('third'));
    const after = await context.kube.patch(deploymentPath('third'), { metadata: { labels: { mutate: '1' } } });
    expect(after.spec.replicas).toBe(7);
    expect(ownedFields(after.metadata as ObjectMetadata, MANAGER)?.fields).toBe(ownedFields(before, MANAGER)?.fields);
    expect(ownedFields(before, MANAGER)?.fields).toContain('"f:replicas":{}');
    expect([before.generation, after.metadata.generation]).toEqual([1, 2]);
    expect(moved(before, after.metadata as ObjectMetadata)).toEqual(['lookMark']);
  });

  test('that does so where no generation is counted moves the version', async () => {
    const { metadata: before } = await real.apply(configMap('third', { a: 'ours' }));
    const after = await context.kube.patch(configMapPath('third'), { metadata: { labels: { mutate: '1' } } });
    expect(after.data).toEqual({ a: 'theirs' });
    expect(ownedFields(after.metadata as ObjectMetadata, MANAGER)?.fields).toBe('{"f:data":{"f:a":{}}}');
    expect(moved(before, after.metadata as ObjectMetadata)).toEqual(['lookMark']);
  });

  test('that changes our own apply leaves its value among our fields: the reply alone shows it, and nothing moves after', async () => {
    const manifest = configMap('own', { a: 'ours' }, { labels: { mutate: '1' } });
    const reply = await real.apply(manifest, { accept: 'full' });
    expect(reply).toMatchObject({ data: { a: 'theirs' } });
    expect(ownedFields(reply.metadata, MANAGER)?.fields).toBe('{"f:data":{"f:a":{}},"f:metadata":{"f:labels":{"f:mutate":{}}}}');
    const live = await getMetadata(real.connection, real.resource(manifest), { namespace: 'default', name: 'own' });
    expect(moved(reply.metadata, live!.metadata)).toEqual([]);
    // Applied again, it is changed again: no write, no new time, no end of it.
    expect((await real.apply(manifest)).metadata).toEqual(reply.metadata);
  });
}
