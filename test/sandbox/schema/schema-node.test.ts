import { widget } from './definitions';
import { builtinSchemas } from '../../../lib/sandbox/schema/builtin-schemas';
import { definedResources } from '../../../lib/sandbox/schema/definition';
import { compareVersions } from '../../../lib/sandbox/schema/version-order';
import type { SchemaNode } from '../../../lib/schema/schema-node';

const find = (node: SchemaNode | undefined, ...path: string[]): SchemaNode | undefined =>
  path.reduce<SchemaNode | undefined>((at, step) => step === '[]' ? at?.items : step === '{}' ? at?.additional : at?.properties?.get(step), node);

describe('the schema of a built-in kind', () => {
  const deployment = builtinSchemas().tryFind('apps', 'v1', 'Deployment');

  test.each([
    ['a keyed list', ['spec', 'template', 'spec', 'containers'], { listType: 'map', listMapKeys: ['name'], patchStrategies: ['merge'], patchMergeKey: 'name' }],
    ['a default beside a reference or a type', ['spec', 'template', 'spec', 'containers', '[]', 'ports', '[]', 'protocol'], { type: 'string', default: 'TCP' }],
    ['a set', ['metadata', 'finalizers'], { listType: 'set', type: 'array' }],
    ['an atomic map', ['spec', 'selector'], { mapType: 'atomic', type: 'object' }],
    ['two patch strategies', ['spec', 'strategy'], { patchStrategies: ['retainKeys'] }],
    ['a number or a string', ['spec', 'strategy', 'rollingUpdate', 'maxSurge'], { intOrString: true }],
    ['a type by its name', ['spec', 'template', 'spec'], { name: 'io.k8s.api.core.v1.PodSpec' }],
    ['a map with free keys', ['metadata', 'labels', '{}'], { type: 'string' }],
  ] as const)('has %s', (_, path, expected) => {
    expect(find(deployment, ...path)).toMatchObject(expected);
  });

  test('a number or a string has no type', () => {
    expect(find(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxSurge')?.type).toBeUndefined();
  });

  test('a property may override what the type says of itself', () => {
    const claimRef = find(builtinSchemas().tryFind('', 'v1', 'PersistentVolume'), 'spec', 'claimRef');
    expect(claimRef).toMatchObject({ mapType: 'granular', name: 'io.k8s.api.core.v1.ObjectReference' });
    expect(builtinSchemas().findType('io.k8s.api.core.v1.ObjectReference').mapType).toBe('atomic');
  });

  test('a type that contains itself is a circle, complete all the way', () => {
    const props = builtinSchemas().findType('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
    expect(find(props, 'properties', '{}', 'not', 'type')?.type).toBe('string');
  });

  test('a kind that there is not has none', () => {
    expect(builtinSchemas().tryFind('apps', 'v1beta1', 'Deployment')).toBeUndefined();
  });

  test('every kind that can be stored has one', () => {
    const without = builtinSchemas().resources.filter(({ schema, verbs }) => verbs.includes('watch') && schema.properties === undefined);
    expect(without.map(({ plural }) => plural)).toEqual([]);
  });

  test('versions of one resource are stored as one', () => {
    const storage = (group: string, plural: string) =>
      builtinSchemas().resources.filter(each => each.group === group && each.plural === plural).map(each => each.storage);
    expect(storage('autoscaling', 'horizontalpodautoscalers')).toEqual(['autoscaling/v2', 'autoscaling/v2']);
    expect(storage('events.k8s.io', 'events')).toEqual(['v1']);
  });
});

describe('the schema of a custom resource', () => {
  const [v1, v1beta1] = definedResources(widget);

  test('has what every object has', () => {
    expect(find(v1.schema, 'metadata', 'labels')?.type).toBe('object');
    expect(find(v1.schema, 'apiVersion')).toEqual({ type: 'string' });
    expect(v1beta1.schema).toMatchObject({ preserveUnknown: true });
    expect(find(v1beta1.schema, 'metadata', 'name')?.type).toBe('string');
  });

  test('has the lists, the maps and the constraints of its definition', () => {
    expect(find(v1.schema, 'spec', 'parts')).toMatchObject({ listType: 'map', listMapKeys: ['name', 'side'] });
    expect(find(v1.schema, 'spec', 'replicas')).toEqual({ type: 'integer', constraints: { minimum: 0 } });
    expect(find(v1.schema, 'spec', 'embedded', 'metadata', 'annotations')?.type).toBe('object');
    expect(find(v1.schema, 'spec', 'embedded')).toMatchObject({ required: ['kind', 'apiVersion'], embedded: true });
  });

  test('is one node for equal definitions', () => {
    expect(definedResources(structuredClone(widget))[0].schema).toBe(v1.schema);
  });

  test('what it demands of the name is kept', () => {
    const named = structuredClone(widget);
    const metadata = { type: 'object', properties: { name: { type: 'string', maxLength: 5 } } };
    named.spec.versions[1].schema = { openAPIV3Schema: { type: 'object', properties: { metadata } } };
    const [, second] = definedResources(named);
    expect(find(second.schema, 'metadata', 'name')).toMatchObject({ type: 'string', constraints: { maxLength: 5 } });
    expect(find(second.schema, 'metadata', 'labels')?.type).toBe('object');
  });

  test('resources are named as the definition says', () => {
    expect(definedResources(widget)).toMatchObject([
      { group: 'example.com', version: 'v1', kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', namespaced: true, storage: 'example.com/v1' },
      { version: 'v1beta1', storage: 'example.com/v1', subresources: [] },
    ]);
  });
});

test('versions are preferred as Kubernetes does', () => {
  expect(['v1alpha1', 'foo1', 'v2', 'v1beta10', 'v10', 'v1beta2', 'bar', 'v1'].sort(compareVersions)).toEqual(['v10', 'v2', 'v1', 'v1beta10', 'v1beta2', 'v1alpha1', 'bar', 'foo1']);
});
