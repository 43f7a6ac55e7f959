import { AnyFleet } from './fleet';
import { STANDARD_LABELS } from './labels';

/** Names of all labels that clusters of a fleet may have. */
export function labelNames(fleet: AnyFleet): string[] {
  return [...new Set([...Object.keys(fleet.labels), ...STANDARD_LABELS])];
}

/** The values that a label may have; undefined where they are free. */
export function labelValues(fleet: AnyFleet, label: string): readonly string[] | undefined {
  return Object.hasOwn(fleet.labels, label) ? fleet.labels[label] : undefined;
}
