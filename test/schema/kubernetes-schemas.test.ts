import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KubernetesSchemas, MINORS } from '../../lib/schema/kubernetes-schemas';
import type { SchemaNode } from '../../lib/schema/schema-node';

const DATA = join(__dirname, '../../lib/schema/data');

test.each(['1.36', '1.36.2', '1.35.0', '1.34'])('the schemas of %s are known', version => {
  expect(KubernetesSchemas.tryFind(version)?.tryFind('apps', 'v1', 'Deployment')?.properties?.get('spec')?.name).toBe('io.k8s.api.apps.v1.DeploymentSpec');
});

test.each(['1.33', '1.3', '1.360', '1.37.1', 'latest', ''])('those of %s are not', version => {
  expect(KubernetesSchemas.tryFind(version)).toBeUndefined();
});

test('the minors have the kinds that they have', () => {
  const has = (kind: string) => MINORS.filter(minor => KubernetesSchemas.tryFind(minor)!.kinds.has(kind));
  expect({
    deployment: has('apps/v1/Deployment'), core: has('/v1/Pod'), new36: has('admissionregistration.k8s.io/v1/MutatingAdmissionPolicy'),
    gone36: has('scheduling.k8s.io/v1alpha1/Workload'), gone35: has('storage.k8s.io/v1alpha1/VolumeAttributesClass'), old: has('batch/v1beta1/CronJob'),
  }).toEqual({
    deployment: ['1.36', '1.35', '1.34'], core: ['1.36', '1.35', '1.34'], new36: ['1.36'], gone36: ['1.35'], gone35: ['1.34'], old: [],
  });
});

test.each(MINORS)('every kind of %s has a schema, down to the last type', minor => {
  const schemas = KubernetesSchemas.tryFind(minor)!;
  const seen = new Set<SchemaNode>();
  const visit = (node: SchemaNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    [...node.properties?.values() ?? [], node.items, node.additional].forEach(each => each && visit(each));
  };
  for (const kind of schemas.kinds.keys()) {
    const [group, version, name] = kind.split('/');
    visit(schemas.tryFind(group, version, name)!);
  }
  expect(seen.size).toBeGreaterThan(3000);
});

test('a field is there from its minor on', () => {
  const fieldsOf = (minor: string) => KubernetesSchemas.tryFind(minor)!.tryFind('', 'v1', 'Pod')!.properties!.get('spec')!.properties!;
  expect(MINORS.map(minor => [fieldsOf(minor).has('schedulingGroup'), fieldsOf(minor).has('workloadRef')])).toEqual([[true, false], [false, true], [false, false]]);
});

test('enums, which the documents in the source of Kubernetes have not, are known in each minor', () => {
  const policy = (minor: string) => KubernetesSchemas.tryFind(minor)!.tryFind('', 'v1', 'Pod')!.properties!.get('spec')!.properties!.get('restartPolicy')!.enum;
  expect(MINORS.map(policy)).toEqual(MINORS.map(() => ['Always', 'Never', 'OnFailure']));
});

test('all data take less than 600 kB of the package', () => {
  const bytes = readdirSync(DATA).reduce((sum, name) => sum + statSync(join(DATA, name)).size, 0);
  expect(bytes).toBeLessThan(600_000);
});
