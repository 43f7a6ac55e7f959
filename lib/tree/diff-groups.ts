import { TreeChange, TreeDiff } from './diff';
import { FieldChange } from './field-diff';
import { formatIdentity } from './manifest';

/** The same change on one or many clusters. */
export interface ChangeGroup extends Omit<TreeChange, 'cluster' | 'file'> {
  /** Sorted; empty for the fleet itself. */
  readonly clusters: readonly string[];
  /** The files, in the order of the clusters. */
  readonly files: readonly string[];
}

/**
 * Puts changes together that are the same on many clusters: of the same application and object, with the same changes of fields.
 *
 * Sorted by application (what belongs to none first), then as in the diff; of the same object, the change of most clusters first.
 */
export function groupChanges(diff: TreeDiff): ChangeGroup[] {
  const keys = new WeakMap<readonly FieldChange[], string>();
  const fieldsKey = (fields: readonly FieldChange[]): string => {
    const known = keys.get(fields) ?? JSON.stringify(fields);
    keys.set(fields, known);
    return known;
  };
  const groups = new Map<string, TreeChange[]>();
  for (const change of diff.changes) {
    const key = `${placeOf(change)}\0${change.action}\0${change.movedFrom ?? ''}\0${fieldsKey(change.fields)}`;
    const group = groups.get(key);
    if (group) {
      group.push(change);
    } else {
      groups.set(key, [change]);
    }
  }
  return [...groups.values()].map(toGroup).sort((a, b) => compareTexts(sortKey(a), sortKey(b)) || b.clusters.length - a.clusters.length);
}

function toGroup(changes: readonly TreeChange[]): ChangeGroup {
  const { cluster: _cluster, file: _file, ...change } = changes[0];
  const sorted = [...changes].sort((a, b) => compareTexts(a.cluster ?? '', b.cluster ?? ''));
  return { ...change, clusters: sorted.flatMap(({ cluster }) => cluster ?? []), files: sorted.map(({ file }) => file) };
}

/** The document, whatever the cluster. A cluster's own document is one for all. */
function placeOf(change: TreeChange): string {
  const within = change.subject === 'object' ? change.object ? formatIdentity(change.object) : change.file.split('/').slice(3).join('/') : '';
  return `${change.subject}\0${change.application ?? ''}\0${within}`;
}

function sortKey({ application, subject, object, files }: ChangeGroup): string {
  const rank = { fleet: 0, cluster: 1, delivery: 2, object: 3 }[subject];
  return `${application ?? ''}\0${rank}\0${object ? files[0].split('/').slice(3).join('/') : ''}`;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
