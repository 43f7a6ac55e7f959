import { isMap, type Json } from '../json';
import { keyElement, valueElement } from './path-element';
import type { ListType } from './typed-value';

/** Why there is no step to an item. */
export class StepError extends Error {}

/** The step to an item of an associative list. @throws StepError when the item has none */
export function stepTo(list: ListType, item: Json): string {
  return list.keys.length > 0 ? keyStep(list, item) : valueStep(item);
}

function keyStep(list: ListType, item: Json): string {
  if (item === null) throw new StepError('associative list with keys may not have a null element');
  if (!isMap(item)) throw new StepError('associative list with keys may not have non-map elements');
  const keys: [string, Json][] = [];
  for (const key of list.keys) {
    const value = item[key] ?? (Object.hasOwn(item, key) ? null : list.keyDefaults.get(key));
    // A default of null is none.
    if (value !== undefined && (value !== null || Object.hasOwn(item, key))) keys.push([key, value]);
  }
  if (keys.length === 0) {
    const names = list.keys.map(key => JSON.stringify(key)).join(' ');
    throw new StepError(`associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`);
  }
  return keyElement(keys);
}

function valueStep(item: Json): string {
  if (item === null) throw new StepError("associative list without keys has an element that's an explicit null");
  if (Array.isArray(item)) throw new StepError('not supported: associative list with lists as elements');
  if (isMap(item)) throw new StepError("associative list without keys has an element that's a map type");
  return valueElement(item);
}
