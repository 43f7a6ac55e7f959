import * as fc from 'fast-check';
import type { JsonMap } from '../../lib/patch/json';
import { applyStrategicMerge } from '../../lib/patch/strategic-merge';
import { formatIdentity, identityOf, Manifest } from '../../lib/tree/manifest';
import { kustomize } from '../kustomize';
import { hasKubectl } from '../yaml/kubectl';

const text = fc.constantFrom('a', 'b', 'c', 'd');
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 5 });
const keyed = <T extends object>(key: keyof T & string, item: fc.Arbitrary<T>) => fc.uniqueArray(item, { selector: each => each[key], maxLength: 4 });

/** A field of an object, or of a patch: there also null, and with directives. */
const fieldOf = (patch: boolean) => <T>(arbitrary: fc.Arbitrary<T>) => some(patch ? orNull(arbitrary) : arbitrary) as fc.Arbitrary<T | undefined>;

function container(patch: boolean): fc.Arbitrary<object & { name: string }> {
  const field = fieldOf(patch);
  return fc.record({
    name: text,
    ...patch ? { $patch: fc.option(fc.constantFrom('delete', 'merge'), { nil: undefined, freq: 6 }) } : {},
    image: field(text),
    args: field(fc.array(text, { maxLength: 3 })),
    env: field(keyed('name', fc.record({ name: text, value: text }))),
    ports: field(fc.uniqueArray(fc.record({ containerPort: fc.constantFrom(80, 81, 82), protocol: fc.constantFrom('TCP', 'UDP'), name: some(text) }), {
      selector: ({ containerPort, protocol }) => `${containerPort}${protocol}`, maxLength: 3, minLength: 1,
    })),
    resources: field(fc.record({ limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), text), requests: some(fc.constant({})) })),
  });
}

function podSpec(patch: boolean): fc.Arbitrary<object> {
  const field = fieldOf(patch);
  return fc.record({
    containers: field(keyed('name', container(patch))),
    initContainers: field(keyed('name', container(patch))),
    volumes: field(keyed('name', fc.record({ name: text, emptyDir: field(fc.constant({})), configMap: field(fc.record({ name: text })) }))),
    imagePullSecrets: field(keyed('name', fc.record({ name: text }))),
    tolerations: field(fc.array(fc.record({ key: text, value: some(text) }), { maxLength: 2 })),
    nodeSelector: field(fc.dictionary(text, text)),
    serviceAccountName: field(text),
  });
}

const workload = (patch: boolean) => fc.record({
  spec: fc.record({
    replicas: fieldOf(patch)(fc.nat(3)),
    selector: fieldOf(patch)(fc.record({ matchLabels: fc.dictionary(text, text) })),
    template: fc.record({ metadata: fieldOf(patch)(fc.record({ labels: fc.dictionary(text, text) })), spec: podSpec(patch) }),
  }),
});

const custom = (patch: boolean) => fc.record({
  spec: fc.record({ items: fieldOf(patch)(keyed('name', fc.record({ name: text, value: text }))), map: fieldOf(patch)(fc.dictionary(text, text)) }),
});

const CASES: readonly (readonly [apiVersion: string, kind: string, of: (patch: boolean) => fc.Arbitrary<object>])[] = [
  ['apps/v1', 'Deployment', workload], ['apps/v1', 'StatefulSet', workload], ['example.com/v1', 'Gear', custom],
];

/** Without what is `undefined`. */
const plain = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;
const byIdentity = (objects: readonly (Manifest | undefined)[]) => Object.fromEntries(objects.filter(object => object !== undefined)
  .map(object => [formatIdentity(identityOf(object)), object]));

(hasKubectl ? test : test.skip)('random patches of a Deployment, a StatefulSet and a custom kind change them as kubectl kustomize does', () => {
  const samples = ([, , of]: typeof CASES[number], k: number) => fc.sample(fc.tuple(of(false), of(true)), { numRuns: 150, seed: 6 + k });
  const pairs = CASES.flatMap((each, k) => samples(each, k).map(([object, patch], i) => {
    const [apiVersion, kind] = each;
    const metadata = { name: `object-${i}`, finalizers: ['example.com/a', 'example.com/b'] };
    const finalizers = ['example.com/b', 'example.com/c'];
    return [{ apiVersion, kind, metadata, ...plain(object) }, { apiVersion, kind, metadata: { ...metadata, finalizers }, ...plain(patch) }] as const;
  }));
  const wanted = kustomize(pairs.map(([object]) => object), { patches: pairs.map(([, patch]) => ({ patch: JSON.stringify(patch) })) });
  const found = pairs.map(([object, patch]) => applyStrategicMerge(object as unknown as JsonMap, patch as unknown as JsonMap) as Manifest | undefined);
  expect(byIdentity(found)).toEqual(byIdentity(wanted));
});
