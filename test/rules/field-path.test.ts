import { isPath, parseFieldPath, parseFieldPaths } from '../../lib/rules/field-path';

test.each<[string, readonly object[]]>([
  ['spec.replicas', [{ field: 'spec' }, { field: 'replicas' }]],
  ['webhooks[*].clientConfig.caBundle', [{ field: 'webhooks' }, { items: {} }, { field: 'clientConfig' }, { field: 'caBundle' }]],
  ['spec.containers[name=web].image', [{ field: 'spec' }, { field: 'containers' }, { items: { name: 'web' } }, { field: 'image' }]],
  ['ports[containerPort=80,protocol=TCP].name', [{ field: 'ports' }, { items: { containerPort: '80', protocol: 'TCP' } }, { field: 'name' }]],
  ['a[name="x=y,z"]', [{ field: 'a' }, { items: { name: 'x=y,z' } }]],
  ['metadata.annotations["example.com/a.b"]', [{ field: 'metadata' }, { field: 'annotations' }, { field: 'example.com/a.b' }]],
  ['data["a\\"b\\\\"]', [{ field: 'data' }, { field: 'a"b\\' }]],
  [' spec.replicas ', [{ field: 'spec' }, { field: 'replicas' }]],
  ['metadata.labels.tier', [{ field: 'metadata' }, { field: 'labels' }, { field: 'tier' }]],
])('%s is a path', (text, steps) => {
  expect(parseFieldPath(text)).toEqual({ text: text.trim(), steps });
});

test.each([
  '', '.', 'a.', 'a..b', '.a', 'a b', 'a[0]', 'a[]', 'a[*', 'a[name]', 'a[name=]', 'a["b]', 'a[*]', 'a,b', '$.a/b', 'metadata.annotations.a/b',
  'metadata', 'metadata.name', 'metadata.namespace', 'metadata.labels', 'metadata.labels["applyset.kubernetes.io/part-of"]', 'kind', 'apiVersion',
])('%j is none', text => {
  expect(parseFieldPath(text)).toEqual({ what: expect.any(String) });
});

test('an annotation has paths with commas between them, also within brackets', () => {
  const paths = parseFieldPaths('spec.replicas, data["a,b"] ,c[k=v,l=w].d');
  expect(paths.map(path => isPath(path) && path.text)).toEqual(['spec.replicas', 'data["a,b"]', 'c[k=v,l=w].d']);
  expect(['', 'a,', ',a', 'a b', 'a;b'].map(text => parseFieldPaths(text).every(isPath))).toEqual([false, false, false, false, false]);
});
