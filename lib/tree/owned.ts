import { isOurs } from './parse';
import { deliveryFile, FLEET_FILE, parseTreePath } from './paths';
import { parseEmitted } from '../yaml/parse-emitted';

/** The content of a file of the old tree; undefined when there is no such file. */
export type ReadOld = (path: string) => string | undefined;

/**
 * Which descriptions of an old tree have to be read to tell which of its files go, given the paths of the new tree: `staleFiles` asks for no others.
 */
export function decidingFiles(old: readonly string[], files: ReadonlyMap<string, unknown>): string[] {
  const existing = new Set(old);
  const deciding = new Set<string>();
  for (const path of old) {
    const decider = files.has(path) ? undefined : deciderOf(path);
    if (decider !== undefined && existing.has(decider)) {
      deciding.add(decider);
    }
  }
  return [...deciding];
}

/**
 * The files of an old tree that a new tree no longer has and that are ours: descriptions of our kinds, and what lies, as `*.yaml`, in the
 * folder of a Delivery of ours. Everything else in the repository belongs to people and stays.
 */
export function staleFiles(old: readonly string[], files: ReadonlyMap<string, unknown>, read: ReadOld): string[] {
  const decided = new Map<string, boolean>();
  const isOwned = (decider: string): boolean => {
    let owned = decided.get(decider);
    if (owned === undefined) {
      owned = isOurDescription(decider, read(decider));
      decided.set(decider, owned);
    }
    return owned;
  };
  return old.filter(path => {
    const decider = files.has(path) ? undefined : deciderOf(path);
    return decider !== undefined && isOwned(decider);
  });
}

/** The description whose kind says whose a file is. */
function deciderOf(path: string): string | undefined {
  const parsed = parseTreePath(path);
  switch (parsed?.kind) {
    case 'cluster':
    case 'delivery':
      return path;
    case 'object':
      return deliveryFile(parsed.cluster, parsed.application);
    default:
      // fleet.yaml is in every tree of ours.
      return undefined;
  }
}

function isOurDescription(path: string, text: string | undefined): boolean {
  if (text === undefined || path === FLEET_FILE) {
    return false;
  }
  try {
    return isOurs(parseEmitted(text, path), parseTreePath(path)?.kind === 'cluster' ? 'Cluster' : 'Delivery');
  } catch {
    // What cannot be read is not provably ours: it stays.
    return false;
  }
}
