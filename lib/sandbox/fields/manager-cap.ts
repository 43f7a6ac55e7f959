import { union } from './field-set';
import { identify, seconds, type Owners } from './managers';
import { compareText } from './path-element';

const MOST_UPDATERS = 10;
const BUCKET = 'ancient-changes';

/** Puts the oldest updaters together as one manager, version by version, when there are more than ten. Changes the owners. */
export function capUpdaters(owners: Owners): void {
  const updaters = [...owners].filter(([, owner]) => owner.operation === 'Update');
  if (updaters.length <= MOST_UPDATERS) return;
  updaters.sort(([a, first], [b, second]) => seconds(first) - seconds(second) || compareText(a, b));
  let count = updaters.length;
  const oldest = new Map<string, string>();
  for (const [id, owner] of updaters) {
    if (count <= MOST_UPDATERS) return;
    const { apiVersion, time } = owner;
    const first = oldest.get(apiVersion);
    if (first === undefined) {
      oldest.set(apiVersion, id);
      continue;
    }
    const described = { manager: BUCKET, operation: 'Update', apiVersion, subresource: '' } as const;
    const bucket = identify(described);
    const sofar = owners.get(bucket) ?? owners.get(first)!;
    if (!owners.has(bucket)) owners.delete(first);
    owners.delete(id);
    owners.set(bucket, { ...described, set: union(owner.set, sofar.set), ...time === undefined ? {} : { time } });
    count--;
  }
}
