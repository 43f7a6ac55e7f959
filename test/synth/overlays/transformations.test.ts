import { overlaid } from './overlaid';
import { AnyOverlayProps } from '../../../lib/model/overlay-props';
import { Manifest } from '../../../lib/tree/manifest';

const object = (apiVersion: string, kind: string, name: string, rest: object = {}, namespace: string | null = 'shop') => (
  { apiVersion, kind, metadata: { name, ...namespace === null ? {} : { namespace } }, ...rest });
const workload = (apiVersion: string, kind: string, name: string, pod: object, more: object = {}) => (
  object(apiVersion, kind, name, { spec: { ...more, template: { spec: pod } } }));
const images = (...names: string[]) => ({ containers: names.map((image, i) => ({ name: `c${i}`, image })) });
const specOf = ({ spec }: Manifest) => spec as Record<string, never>;

/** What one image becomes by a key and a value. */
const imaged = (image: string, change: Record<string, string>) => {
  const [{ spec }] = overlaid([object('v1', 'Pod', 'a', { spec: images(image) })], { images: change });
  return (spec as ReturnType<typeof images>).containers[0].image;
};

test.each([
  ['a tag', 'nginx:1', { nginx: '2' }, 'nginx:2'],
  ['a tag where there is none', 'nginx', { nginx: '2' }, 'nginx:2'],
  ['a digest in place of a tag', 'nginx:1', { nginx: 'sha256:abc' }, 'nginx@sha256:abc'],
  ['a tag in place of tag and digest', 'nginx:1@sha256:abc', { nginx: '2' }, 'nginx:2'],
  ['another image', 'nginx:1', { nginx: 'registry.example:5000/nginx:2' }, 'registry.example:5000/nginx:2'],
  ['the last segment as key', 'registry.example:5000/team/web:1', { web: '2' }, 'registry.example:5000/team/web:2'],
  ['another image by the last segment', 'r.example/nginx:1', { nginx: 'r.example/nginx-slim:2' }, 'r.example/nginx-slim:2'],
])('an image gets %s', (_title, image, change, expected) => {
  expect(imaged(image, change as never)).toBe(expected);
});

test('where a full name and a last segment fit, the full name counts, and the other one fits others', () => {
  const [{ spec }] = overlaid([object('v1', 'Pod', 'a', { spec: images('r.example/web:1', 'other.example/web:1') })], { images: { 'web': '2', 'r.example/web': '3' } });
  expect((spec as ReturnType<typeof images>).containers.map(({ image }) => image)).toEqual(['r.example/web:3', 'other.example/web:2']);
});

test('images change in every kind of container of every kind with a pod template, and in no definition', () => {
  const pod = { initContainers: [{ image: 'a:1' }], containers: [{ image: 'a:1' }, { image: 'b:1' }], ephemeralContainers: [{ image: 'a:1' }] };
  const definition = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'x.example.com', { spec: { example: { containers: [{ image: 'a:1' }] } } }, null);
  const given = [
    object('v1', 'Pod', 'p', { spec: pod }), workload('apps/v1', 'DaemonSet', 'd', pod), workload('argoproj.io/v1alpha1', 'Rollout', 'r', pod),
    object('batch/v1', 'CronJob', 'c', { spec: { jobTemplate: { spec: { template: { spec: pod } } } } }),
  ];
  const found = overlaid([...given, definition], { images: { a: '2' } });
  expect(JSON.stringify(found.slice(0, 4)).match(/"a:2"/g)).toHaveLength(12);
  expect(JSON.stringify(found.slice(0, 4))).not.toContain('"a:1"');
  expect(found[4]).toEqual(definition);
});

test.each<[title: string, props: AnyOverlayProps, message: string]>([
  ['an image', { images: { webb: '2' } },
    "FLT2204 `images` of the overlay overlays[0] of shop/web matches nothing: there is no image 'webb': did you mean 'web'?; use one of 'r.example/web', narrow its `where`, or say that it is `optional`"],
  ['an object with replicas', { replicas: { fronted: 2 } },
    "FLT2204 `replicas` of the overlay overlays[0] of shop/web matches nothing: there is no object with replicas 'fronted': did you mean 'frontend'?; use one of 'frontend', narrow its `where`, or say that it is `optional`"],
  ['an object to remove', { remove: { kind: 'Deploymnt' } },
    "FLT2008 the removal overlays[0] of shop/web matches no object: there is no Deploymnt: did you mean 'Deployment'?; remove one of the kinds that web has (Deployment), or narrow its `where`"],
  ['an object by labels', { remove: { kind: 'Deployment', labels: { app: 'x' } } },
    "FLT2008 the removal overlays[0] of shop/web matches no object: there is no Deployment with the labels app=x; name one of 'frontend', or narrow its `where`"],
])('%s that is not there is an error with a suggestion, unless the overlay is optional', (_title, props, message) => {
  const given = [workload('apps/v1', 'Deployment', 'frontend', images('r.example/web:1'))];
  expect(() => overlaid(given, props)).toThrow(new Error(message));
  expect(overlaid(given, { ...props, optional: true })).toEqual(given);
});

test('replicas are set in workloads and custom kinds that have them, and nowhere else', () => {
  const given = [
    object('apps/v1', 'Deployment', 'a', { spec: {} }), object('apps/v1', 'DaemonSet', 'a', { spec: {} }),
    object('argoproj.io/v1alpha1', 'Rollout', 'a', { spec: { replicas: 1 } }), object('example.com/v1', 'Gear', 'a', { spec: {} }),
  ];
  expect(overlaid(given, { replicas: { a: 0 } }).map(specOf)).toEqual([{ replicas: 0 }, {}, { replicas: 0 }, {}]);
});

test('what is removed is gone, by one selector or several', () => {
  const given = [object('v1', 'ConfigMap', 'a'), object('v1', 'ConfigMap', 'b'), object('batch/v1', 'Job', 'c', { metadata: { name: 'c', labels: { once: 'yes', x: 'y' } } })];
  expect(overlaid(given, { remove: [{ kind: 'ConfigMap', name: 'a' }, { kind: 'Job', labels: { once: 'yes' } }] }).map(({ metadata }) => metadata.name)).toEqual(['b']);
});

test('labels reach the pod templates of custom kinds, and neither selectors nor claims', () => {
  const claims = { selector: { matchLabels: { a: 'b' } }, volumeClaimTemplates: [{ metadata: { name: 'v' } }] };
  const [set, rollout] = overlaid([workload('apps/v1', 'StatefulSet', 's', images('a'), claims), workload('argoproj.io/v1alpha1', 'Rollout', 'r', images('a'))], { labels: { x: 'y' } });
  expect(specOf(set)).toEqual({ ...claims, template: { metadata: { labels: { x: 'y' } }, spec: images('a') } });
  expect([rollout.metadata.labels, specOf(rollout).template]).toEqual([{ x: 'y' }, { metadata: { labels: { x: 'y' } }, spec: images('a') }]);
});

test('references that kustomize forgets follow a name, too', () => {
  const service = { clientConfig: { service: { name: 'web', namespace: 'shop' } } };
  const found = overlaid([
    object('v1', 'Service', 'web'), object('node.k8s.io/v1', 'RuntimeClass', 'sandboxed', {}, null), object('v1', 'Secret', 'keys'), object('v1', 'PersistentVolumeClaim', 'data'),
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'gears.example.com', { spec: { conversion: { webhook: service } } }, null),
    workload('argoproj.io/v1alpha1', 'Rollout', 'r', { containers: [{ name: 'a', envFrom: [{ secretRef: { name: 'keys' } }] }], runtimeClassName: 'sandboxed' }),
    object('v1', 'PersistentVolume', 'disk', { spec: { claimRef: { name: 'data', namespace: 'shop' } } }, null),
  ], { nameSuffix: '-2', namespace: 'moved' }).slice(4).map(specOf);
  expect(found).toEqual([
    { conversion: { webhook: { clientConfig: { service: { name: 'web-2', namespace: 'moved' } } } } },
    { template: { spec: { containers: [{ name: 'a', envFrom: [{ secretRef: { name: 'keys-2' } }] }], runtimeClassName: 'sandboxed-2' } } },
    { claimRef: { name: 'data-2', namespace: 'moved' } },
  ]);
});

test('a name is that of the object in the same namespace', () => {
  const mounts = (namespace: string) => object('v1', 'Pod', 'p', { spec: { volumes: [{ configMap: { name: 'settings' } }] } }, namespace);
  const found = overlaid([object('v1', 'ConfigMap', 'settings', {}, 'a'), mounts('a'), mounts('b')], { namePrefix: 'x-' });
  expect(found.slice(1).map(specOf)).toEqual([{ volumes: [{ configMap: { name: 'x-settings' } }] }, { volumes: [{ configMap: { name: 'settings' } }] }]);
});

test('a rule of a role names objects of its resources alone', () => {
  const rules = [{ resources: ['leases'], resourceNames: ['settings'] }, { resources: ['configmaps'], resourceNames: ['settings', 'other'] }];
  const [, role] = overlaid([object('v1', 'ConfigMap', 'settings'), object('rbac.authorization.k8s.io/v1', 'Role', 'r', { rules })], { namePrefix: 'x-' });
  expect(role.rules).toEqual([rules[0], { resources: ['configmaps'], resourceNames: ['x-settings', 'other'] }]);
});

test('a custom object without a namespace gets one only where its definition says that it has one', () => {
  const definition = (kind: string, scope: string) => object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${kind}.example.com`,
    { spec: { group: 'example.com', names: { kind }, scope } }, null);
  const custom = (kind: string, namespace: string | null) => object('example.com/v1', kind, 'a', {}, namespace);
  const found = overlaid([definition('Gear', 'Namespaced'), definition('World', 'Cluster'), custom('Gear', null), custom('World', null), custom('Unknown', null), custom('Unknown', 'shop')],
    { namespace: 'moved' });
  expect(found.slice(2).map(({ metadata }) => metadata.namespace)).toEqual(['moved', undefined, undefined, 'moved']);
});

test('changes are made in their order, whatever the order in the overlay, and told one by one', () => {
  const told: unknown[] = [];
  const given = [object('apps/v1', 'Deployment', 'web', { spec: { replicas: 1 } }), object('v1', 'ConfigMap', 'gone'), object('v1', 'ConfigMap', 'kept')];
  const found = overlaid(given, {
    namePrefix: 'p-', labels: { a: 'b' }, replicas: { web: 3 }, with: [{ op: 'replace', path: '/spec/replicas', value: 2 }], patch: { kind: 'Deployment' }, remove: { kind: 'ConfigMap', name: 'gone' },
  }, (_overlay, transformation, { manifest }, before) => { told.push([transformation, before.metadata.name, manifest.metadata.name, before === manifest]); });
  expect(found.map(({ metadata }) => metadata.name)).toEqual(['p-web', 'p-kept']);
  expect(specOf(found[0])).toEqual({ replicas: 3 });
  expect(told).toEqual([
    ['remove', 'gone', 'gone', true], ['patch', 'web', 'web', false], ['replicas', 'web', 'web', false], ['labels', 'web', 'web', false], ['labels', 'kept', 'kept', false],
    ['namePrefix', 'web', 'p-web', false], ['namePrefix', 'kept', 'p-kept', false],
  ]);
});

test.each<[title: string, props: AnyOverlayProps, message: string]>([
  ['an operation whose path leads nowhere', { patch: { kind: 'ConfigMap' }, with: [{ op: 'remove', path: '/data/x' }] },
    'FLT2205 the patch overlays[0] of shop/web does not fit ConfigMap \'a\': operation 1 of 1: there is nothing at "/data/x"; mend its path: the map there has `k`'],
  ['a test that fails', { patch: { kind: 'ConfigMap' }, with: [{ op: 'test', path: '/data/k', value: 'other' }] },
    'FLT2205 the patch overlays[0] of shop/web does not fit ConfigMap \'a\': operation 1 of 1: the test of "/data/k" failed: it is a string other than the `value`; mend the `value`, or remove the test'],
  ['a strategic merge patch of another shape', { patch: { kind: 'ConfigMap' }, with: { data: ['k'] } },
    "FLT2205 the patch overlays[0] of shop/web does not fit ConfigMap 'a': `data` is a map, and a list in the patch; write it as the object has it, or remove it by null first"],
  ['a patch that leaves no object', { patch: { kind: 'ConfigMap' }, with: [{ op: 'replace', path: '', value: 1 }] },
    "FLT2205 the patch overlays[0] of shop/web leaves no object of ConfigMap 'a'; patch fields of the object; `remove` leaves it out"],
])('%s is an error that names the object', (_title, props, message) => {
  expect(() => overlaid([object('v1', 'ConfigMap', 'a', { data: { k: 'v' } })], props)).toThrow(new Error(message));
});

test('a strategic merge patch changes neither version, nor kind, nor name, nor namespace', () => {
  const given = object('apps/v1', 'Deployment', 'web', { spec: { template: { spec: images('a') } } });
  const content = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'not-important', namespace: 'other', labels: { a: 'b' } } };
  expect(overlaid([given], { patch: { kind: 'Deployment' }, with: content })).toEqual([{ ...given, metadata: { name: 'web', namespace: 'shop', labels: { a: 'b' } } }]);
});

test('a strategic merge patch ignores what is undefined, and may delete the object', () => {
  const given = [object('v1', 'ConfigMap', 'a', { data: { k: 'v' } })];
  expect(overlaid(given, { patch: { kind: 'ConfigMap' }, with: { data: { k: undefined, l: 'w' } } })[0].data).toEqual({ k: 'v', l: 'w' });
  expect(overlaid(given, { patch: { kind: 'ConfigMap' }, with: { $patch: 'delete' } })).toEqual([]);
});
