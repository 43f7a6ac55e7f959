import type { ObjectIdentity } from '../tree/manifest';
import { formatIdentity } from '../tree/manifest';

/** What a Delivery remembers of one object that it applied. */
export interface InventoryEntry {
  readonly id: ObjectIdentity;
  /** Absent while the first apply has not been answered. */
  readonly uid?: string;
  /** Hash of the file that was applied. */
  readonly hash?: string;
  /** Fingerprint of the object after the apply: uid and our fields. */
  readonly fingerprint?: string;
  /** Mark of everybody else's writes at that time. */
  readonly look?: string;
}

const ABSENT = '-';

/**
 * One line an entry: `Deployment.apps/shop/web UID HASH FINGERPRINT LOOK`, `-` for what is absent.
 *
 * Lines, because an inventory of 10,000 objects has to fit in one object of 1.5 MB, and because people read it.
 */
export function formatEntry(entry: InventoryEntry): string {
  return [formatIdentity(entry.id), entry.uid, entry.hash, entry.fingerprint, entry.look].map(part => part ?? ABSENT).join(' ');
}

/** Reads a line of an inventory; undefined for one that is not of that form. */
export function parseEntry(line: unknown): InventoryEntry | undefined {
  if (typeof line !== 'string') {
    return undefined;
  }
  const [key, ...rest] = line.split(' ');
  const id = parseIdentity(key);
  if (!id) {
    return undefined;
  }
  const [uid, hash, fingerprint, look] = rest.map(part => part === ABSENT ? undefined : part);
  return { id, uid, hash, fingerprint, look };
}

/** The reverse of `formatIdentity`. */
export function parseIdentity(key: string): ObjectIdentity | undefined {
  const parts = key.split('/');
  if (parts.length < 2 || parts.length > 3 || parts.some(part => part === '')) {
    return undefined;
  }
  const dot = parts[0].indexOf('.');
  const kind = dot < 0 ? parts[0] : parts[0].slice(0, dot);
  const group = dot < 0 ? '' : parts[0].slice(dot + 1);
  return parts.length === 3 ? { group, kind, namespace: parts[1], name: parts[2] } : { group, kind, name: parts[1] };
}
