import type { Random } from '../fields/random';

type Data = Record<string, any>;

/** A place in an object: keys and indexes from its root. */
export type Path = readonly (string | number)[];

/** What the server alone knows: no history guesses at it. */
const HIDDEN: ReadonlySet<string> = new Set(['managedFields', 'uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'clusterIP', 'clusterIPs', 'nodePort', 'namespace', 'name']);

/** Every place of a value but those that only the server knows. */
export function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value).filter(key => above.length > 1 || !HIDDEN.has(key));
  return keys.flatMap(key => {
    const path = [...above, key];
    return [path, ...pathsOf((value as Data)[key], path)];
  });
}

export function valueAt(object: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Data | undefined)?.[key], object);
}

/** The object with one thing wrong, or at least odd: what a hand or a template gets wrong. The object itself stays as it is. */
export function spoil<T>(random: Random, object: T): T {
  const copy = structuredClone(object);
  const paths = pathsOf(copy).filter(path => path[0] !== 'apiVersion' && path[0] !== 'kind');
  if (paths.length === 0) return copy;
  const path = random.pick(paths);
  const holder = valueAt(copy, path.slice(0, -1)) as Data;
  const key = path.at(-1)!;
  const value = holder[key] as unknown;
  switch (random.below(8)) {
    case 0: holder[key] = null; break;
    case 1: if (Array.isArray(holder)) holder.splice(Number(key), 1); else delete holder[key]; break;
    case 2: holder[key] = odd(random, value); break;
    case 3: holder[key] = typeof value === 'string' ? 'Not_valid!' : typeof value === 'number' ? -1 : odd(random, value); break;
    case 4: holder[key] = ''; break;
    case 5: if (Array.isArray(holder)) holder.push(structuredClone(value)); else holder[`${key}s`] = structuredClone(value); break;
    case 6: holder[key] = typeof value === 'object' ? Array.isArray(value) ? [] : {} : random.pick([0, 70_000, 'x'.repeat(70)]); break;
    default: holder[key] = random.pick<unknown>([true, 1, 'text', ['text'], { a: 'b' }, 0.5]);
  }
  return copy;
}

function odd(random: Random, value: unknown): unknown {
  switch (typeof value) {
    case 'string': return random.pick([`${value} `, value.toUpperCase(), `${value}.`, `-${value}`]);
    case 'number': return random.pick([value + 1, -value, value * 1000]);
    case 'boolean': return !value;
    default: return value;
  }
}

/** JSON Patch operations on what is there. @param oddity how often, from 0 to 1, a value goes where it does not belong */
export function operations(random: Random, live: Data, wanted: Data, oddity: number): Data[] {
  const paths = pathsOf(live).filter(path => path.length > 1);
  const sources = pathsOf(wanted).filter(path => path.length > 1);
  if (paths.length === 0) return [];
  return Array.from({ length: 1 + random.below(3) }, () => {
    const path = random.pick(paths);
    switch (random.chance(oddity * 3) ? random.below(5) : 5 + random.below(5)) {
      case 0: case 1: return { op: 'remove', path: pointer(path) };
      case 2: case 3: return { op: random.pick(['copy', 'move']), from: pointer(path), path: pointer(random.pick(paths)) };
      case 4: return { op: 'replace', path: pointer(path), value: random.pick<unknown>([null, 'text', 1, valueAt(live, random.pick(paths))]) };
      case 5: return { op: 'test', path: pointer(path), value: random.chance(0.8) && !quotesIdentity(live, path) ? valueAt(live, path) : 'other' };
      case 6: return random.pick([
        { op: 'remove', path: random.pick(['/metadata/labels', '/metadata/annotations', '/metadata/labels/x', '/metadata/finalizers']) },
        { op: 'copy', from: '/metadata/labels', path: '/metadata/annotations' }, { op: 'move', from: '/metadata/labels/x', path: '/metadata/labels/z' },
      ]);
      case 7: return { op: 'add', ...labels(random) };
      default: {
        if (sources.length === 0) return { op: 'test', path: '/kind', value: live.kind };
        const source = random.pick(sources);
        return { op: random.pick(['add', 'replace']), path: pointer(source), value: valueAt(wanted, source) };
      }
    }
  });
}

/** A Job's labels tell its uid, which each server chose itself. */
function quotesIdentity(live: Data, path: Path): boolean {
  return JSON.stringify(valueAt(live, path)).includes(String(live.metadata.uid));
}

function labels(random: Random): Data {
  return random.chance(0.5) ? { path: random.pick(['/metadata/labels', '/metadata/annotations']), value: { x: 'one' } }
    : { path: random.pick(['/metadata/labels/x', '/metadata/annotations/example.com~1a']), value: 'one' };
}

function pointer(path: Path): string {
  return path.map(key => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What an object may do without. */
const REMOVABLE: ReadonlySet<string> = new Set([
  'replicas', 'data', 'binaryData', 'nodeSelector', 'tolerations', 'terminationGracePeriodSeconds', 'annotations', 'revisionHistoryLimit', 'paused', 'suspend', 'any', 'half', 'labels', 'matrix', 'tags',
  'order', 'parts', 'color', 'embedded', 'extra', 'secrets', 'imagePullSecrets', 'automountServiceAccountToken', 'sessionAffinity', 'behavior', 'minReplicas', 'defaultBackend', 'tls',
]);

/** A merge patch that wants some of an object and takes some of the rest away. */
export function mergePatch(random: Random, live: Data, wanted: Data, oddity: number): Data {
  const { apiVersion: _a, kind: _k, metadata: { name: _n, namespace: _ns, ...metadata }, ...rest } = structuredClone(wanted);
  const patch: Data = random.chance(0.7) ? { metadata, ...rest } : random.chance(0.5) ? { metadata } : rest;
  for (let i = random.below(3); i > 0; i--) {
    const removable = oddity > 0 ? () => true : (path: Path) => path[0] === 'metadata' || REMOVABLE.has(String(path.at(-1))) || String(live.apiVersion).startsWith('example.com/');
    const maps = pathsOf(live).filter(path => path.length > 1 && path.every(key => typeof key === 'string') && removable(path));
    if (maps.length > 0) setNull(patch, random.pick(maps));
  }
  return patch;
}

function setNull(patch: Data, path: Path): void {
  let holder = patch;
  for (const key of path.slice(0, -1)) {
    const next = holder[key] as unknown;
    if (typeof next !== 'object' || next === null || Array.isArray(next)) holder[key] = {};
    holder = holder[key] as Data;
  }
  holder[path.at(-1)!] = null;
}

const ORDERED: ReadonlySet<string> = new Set(['containers', 'initContainers', 'env', 'volumes', 'volumeMounts', 'ports', 'imagePullSecrets', 'hostAliases', 'ownerReferences']);

const RETAINED: ReadonlySet<string> = new Set(['strategy', 'updateStrategy', 'securityContext', 'resources', 'nodeSelector']);

/** A strategic merge patch, with its directives now and then. */
export function strategicPatch(random: Random, live: Data, wanted: Data, oddity: number): Data {
  const patch = mergePatch(random, live, wanted, oddity);
  if (random.chance(0.6)) return patch;
  const places = pathsOf(patch);
  // Where a client writes them; on other lists and maps the real server finds words of its own, or breaks the connection.
  const lists = places.filter(path => Array.isArray(valueAt(patch, path)) && (path.at(-1) === 'finalizers' || (path.length > 1 && ORDERED.has(String(path.at(-1))))));
  const maps = places.filter(path => path.length > 0 && RETAINED.has(String(path.at(-1))) && isMap(valueAt(patch, path)));
  if (lists.length > 0 && random.chance(0.6)) {
    const path = random.pick(lists);
    const list = valueAt(patch, path) as unknown[];
    const [item] = list;
    if (isMap(item)) {
      const key = ['name', 'containerPort', 'port', 'mountPath', 'ip', 'uid', 'type'].find(each => item[each] !== undefined);
      switch (random.below(3)) {
        case 0: if (key && list.length > 1) list[0] = { [key]: item[key], $patch: 'delete' }; break;
        case 1: list.push({ $patch: 'replace' }); break;
        default: if (key) (valueAt(patch, path.slice(0, -1)) as Data)[`$setElementOrder/${path.at(-1)!}`] = list.map(each => ({ [key]: (each as Data)[key] as unknown })).reverse();
      }
    } else if (path.at(-1) === 'finalizers') {
      (valueAt(patch, path.slice(0, -1)) as Data)[`$deleteFromPrimitiveList/${path.at(-1)!}`] = ['example.com/a', 'example.com/b', 'example.com/c'].filter(each => !list.includes(each));
    }
  } else if (maps.length > 0) {
    const map = valueAt(patch, random.pick(maps)) as Data;
    if (random.chance(0.5)) map.$patch = random.pick(['replace', 'delete']);
    else if (map.type !== undefined) map.$retainKeys = Object.keys(map);
  }
  return patch;
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
