import { FieldChange, fieldChanges } from './field-diff';
import { formatIdentity, identityOf, Manifest, ObjectIdentity } from './manifest';
import { hashed, maskSecret } from './masked-secret';
import { parseTreePath, TreePath } from './paths';
import { at } from './shape';
import { parseEmitted } from '../yaml/parse-emitted';

/** What happened to one document of the tree. */
export interface TreeChange {
  readonly subject: TreePath['kind'];
  readonly action: 'added' | 'removed' | 'changed';
  /** Absent for the fleet itself. */
  readonly cluster?: string;
  /** Of a delivery or an object. */
  readonly application?: string;
  /** Of an object whose file can be read. */
  readonly object?: ObjectIdentity;
  /** From the root of the fleet. */
  readonly file: string;
  /** What differs; empty unless `action` is `changed`. Values of Secrets are hashes. */
  readonly fields: readonly FieldChange[];
  /** On an object that was added: the application of the same cluster that had it before. */
  readonly movedFrom?: string;
}

/** How two trees differ, document by document. */
export interface TreeDiff {
  /** The fleet first, then by cluster; of a cluster its own document, then by application; of that the delivery, then objects by path. */
  readonly changes: readonly TreeChange[];
}

/** The files of a tree: contents by path. Files that are not the tree's are passed over. */
export type TreeFiles = ReadonlyMap<string, string>;

/**
 * Compares two trees by the meaning of their documents: the order of keys, quotes and comments count for nothing.
 *
 * Nothing is thrown: a file that cannot be read counts as changed as a whole, and shows as a hash.
 */
export function diffTrees(before: TreeFiles, after: TreeFiles): TreeDiff {
  const documents = new Documents();
  const changes: TreeChange[] = [];
  for (const file of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(file), after.get(file)];
    const path = old === now ? undefined : parseTreePath(file);
    if (path) {
      const change = documents.compare(file, path, old, now);
      if (change) {
        changes.push(change);
      }
    }
  }
  return { changes: withMoves(changes).sort(byPlace) };
}

/** Many clusters have the same files: what was read and compared once is kept for the others. */
class Documents {
  private readonly parsed = new Map<string, { value?: unknown }>();
  private readonly compared = new Map<string, Map<string, readonly FieldChange[]>>();

  public compare(file: string, path: TreePath, before: string | undefined, after: string | undefined): TreeChange | undefined {
    const fields = before === undefined || after === undefined ? [] : this.fields(file, before, after);
    const action = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    if (action === 'changed' && fields.length === 0) {
      return undefined;
    }
    const object = path.kind === 'object' ? identity(this.parse(file, after ?? before ?? '').value) : undefined;
    return {
      subject: path.kind,
      action,
      file,
      fields,
      ...('cluster' in path ? { cluster: path.cluster } : {}),
      ...('application' in path ? { application: path.application } : {}),
      ...(object ? { object } : {}),
    };
  }

  private fields(file: string, before: string, after: string): readonly FieldChange[] {
    const ofBefore = this.compared.get(before) ?? new Map<string, readonly FieldChange[]>();
    this.compared.set(before, ofBefore);
    let fields = ofBefore.get(after);
    if (!fields) {
      const [old, now] = [this.parse(file, before), this.parse(file, after)];
      fields = 'value' in old && 'value' in now
        ? fieldChanges(maskSecret(old.value), maskSecret(now.value))
        : [{ path: '', before: hashed(before), after: hashed(after) }];
      ofBefore.set(after, fields);
    }
    return fields;
  }

  private parse(file: string, text: string): { value?: unknown } {
    let parsed = this.parsed.get(text);
    if (!parsed) {
      try {
        parsed = { value: parseEmitted(text, file) };
      } catch {
        parsed = {};
      }
      this.parsed.set(text, parsed);
    }
    return parsed;
  }
}

function identity(value: unknown): ObjectIdentity | undefined {
  const isObject = ['apiVersion', 'kind', 'metadata.name'].every(field => typeof at(value, field) === 'string');
  return isObject ? identityOf(value as Manifest) : undefined;
}

/** An object that one application of a cluster loses and another gets is handed over. */
function withMoves(changes: readonly TreeChange[]): TreeChange[] {
  const key = ({ cluster, object }: TreeChange): string | undefined => object && `${cluster} ${formatIdentity(object)}`;
  const removed = new Map(changes.filter(change => change.action === 'removed').map(change => [key(change), change.application]));
  return changes.map(change => {
    const movedFrom = change.action === 'added' && change.object ? removed.get(key(change)) : undefined;
    return movedFrom === undefined ? change : { ...change, movedFrom };
  });
}

const SUBJECTS: readonly TreeChange['subject'][] = ['fleet', 'cluster', 'delivery', 'object'];

function byPlace(a: TreeChange, b: TreeChange): number {
  return compareTexts(a.cluster ?? '', b.cluster ?? '')
    || compareTexts(a.application ?? '', b.application ?? '')
    || SUBJECTS.indexOf(a.subject) - SUBJECTS.indexOf(b.subject)
    || compareTexts(a.file, b.file);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
