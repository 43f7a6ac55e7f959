import { kinds, manifest, type Kind } from './manifests';
import { Random } from './random';
import { FieldManager } from '../../../lib/sandbox/fields/field-manager';
import type { JsonMap } from '../../../lib/sandbox/json';
import { builtinSchemas } from '../../../lib/sandbox/schema/builtin-schemas';
import { definedResources } from '../../../lib/sandbox/schema/definition';
import { StatusError } from '../../../lib/sandbox/status-error';
import { gadget, widget } from '../schema/definitions';

const resources = [...builtinSchemas().resources, ...definedResources(widget), ...definedResources(gadget)];
const now = new Date('2026-01-02T03:04:05.678Z');

function managerOf({ apiVersion, kind }: Kind): FieldManager {
  return new FieldManager(resources.find(each => each.kind === kind && (each.group ? `${each.group}/${each.version}` : each.version) === apiVersion)!);
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

/** Some applies one after another; what is given is frozen, so that a write to it would throw. */
function applied(kind: Kind, seed: number, steps: number): JsonMap {
  const random = new Random(seed);
  const fields = managerOf(kind);
  let live: JsonMap | undefined;
  for (let i = 0; i < steps; i++) {
    const config = frozen(manifest(random, kind, 'x') as JsonMap);
    const manager = random.pick(['one', 'two']);
    try {
      live = frozen(fields.apply({ live, applied: config, manager, force: true, now }).object);
    } catch (e) {
      // An item twice.
      if (!(e instanceof StatusError) || e.code !== 500) throw e;
    }
  }
  return live!;
}

describe.each(kinds.map(kind => [kind.kind, kind] as const))('%s', (_, kind) => {
  test('what is given is never changed', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const live = applied(kind, seed, 5);
      const next = frozen(manifest(new Random(seed + 100), kind, 'x') as JsonMap);
      expect(managerOf(kind).update({ live, next, manager: 'three', now })).toMatchObject({ kind: kind.kind });
    }
  });

  test('the same applied again is no change, and gives back what is stored', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const config = frozen(manifest(new Random(seed), kind, 'x') as JsonMap);
      const fields = managerOf(kind);
      try {
        const { object: live } = fields.apply({ applied: config, manager: 'one', now });
        const again = fields.apply({ live: frozen(live), applied: structuredClone(config), manager: 'one', now: new Date(now.getTime() + 60_000) });
        expect(again.changed).toBe(false);
        expect(again.object).toBe(live);
      } catch (e) {
        if (!(e instanceof StatusError) || e.code !== 500) throw e;
      }
    }
  });
});

test('a time is written in seconds', () => {
  const [configMap] = kinds;
  const live = applied(configMap, 1, 1);
  expect((live.metadata as { managedFields: JsonMap[] }).managedFields).toMatchObject([{ time: '2026-01-02T03:04:05Z', fieldsType: 'FieldsV1' }]);
});

test('an update with an item that has no key is noted for nobody, and left to validation', () => {
  const widgets = kinds.find(({ kind }) => kind === 'Widget')!;
  const next = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'x' }, spec: { tags: [null] } };
  expect(managerOf(widgets).update({ next, manager: 'one', now })).toBe(next);
  const live = { ...next, metadata: { name: 'x', namespace: 'default', uid: '1' } };
  const config = { ...next, spec: { tags: ['a'] } };
  expect(() => managerOf(widgets).apply({ live, applied: config, manager: 'one', now })).toThrow(
    "failed to create manager for existing fields: associative list without keys has an element that's an explicit null");
  const owned = { ...live, metadata: { ...live.metadata, managedFields: [{ manager: 'two', operation: 'Update', apiVersion: 'example.com/v1', fieldsType: 'FieldsV1' }] } };
  expect(() => managerOf(widgets).apply({ live: owned, applied: config, manager: 'one', now })).toThrow(
    "failed to create typed live object (default/x; example.com/v1, Kind=Widget): associative list without keys has an element that's an explicit null");
});

test('what is applied in another version than that of the path is refused', () => {
  const deployment = kinds.find(({ kind }) => kind === 'Deployment')!;
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
  expect(() => managerOf(deployment).apply({ applied: config, manager: 'one', now })).toThrow('invalid object type: /v1, Kind=ConfigMap');
});
