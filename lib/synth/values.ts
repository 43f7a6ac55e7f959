import { AnyApplication } from '../model/application';
import { AddedOverlay } from '../model/overlay-props';
import { AnySelector, Selectable, selects } from '../model/selector';
import { isMap } from '../model/values';

/** The overlays of an application that select a cluster, in the order they apply. */
export function overlaysFor(application: AnyApplication, facts: Selectable): AddedOverlay[] {
  return application.overlays.filter(overlay => selects(overlay.props.where as AnySelector, facts));
}

/** The values of a target: a fresh copy, so that a `render` that changes its values changes nothing else. */
export function valuesFor(application: AnyApplication, overlays: readonly AddedOverlay[]): object {
  let values: unknown = application.values;
  for (const { props } of overlays) {
    if (props.values !== undefined) {
      values = merge(values, props.values);
    }
  }
  return sortedCopy(values) as object;
}

/** Maps are merged, all else is replaced; `undefined` changes nothing. Neither argument is changed. */
export function merge(below: unknown, above: unknown): unknown {
  if (above === undefined) {
    return below;
  }
  if (!isMap(below) || !isMap(above)) {
    return above;
  }
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    merged.set(key, merge(merged.get(key), value));
  }
  // Not by assignment: a key `__proto__`, as JSON.parse makes it, is to stay a key.
  return Object.fromEntries(merged);
}

/** A copy of maps and arrays, with the keys of maps sorted; instances of classes and functions are taken as they are. */
export function sortedCopy(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortedCopy);
  }
  return isMap(value) ? Object.fromEntries(Object.keys(value).sort().map(key => [key, sortedCopy(value[key])])) : value;
}
