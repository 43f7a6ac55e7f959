import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';

/**
 * `next`, or `live` when there is nothing different but times in managedFields: such a write is none. For objects as they are about to be stored, after
 * defaults and admission.
 */
export function withoutNewTimes<T extends JsonMap>(live: T, next: T): T {
  const before = entriesOf(live);
  const after = entriesOf(next);
  if (before.length !== after.length) return next;
  for (let i = 0; i < after.length; i++) {
    if (!equalButForTime(before[i], after[i])) return next;
  }
  return equalJson(withoutEntries(live), withoutEntries(next)) ? live : next;
}

function entriesOf({ metadata }: JsonMap): readonly Json[] {
  return isMap(metadata) && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
}

function equalButForTime(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (!isMap(a) || !isMap(b)) return false;
  const { time: _a, ...before } = a;
  const { time: _b, ...after } = b;
  return equalJson(before, after);
}

function withoutEntries(object: JsonMap): JsonMap {
  if (!isMap(object.metadata)) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
