import { EnvironmentOf, LabelsOf } from './fleet';

/** A value, or several of which one suffices. */
export type OneOrMany<T> = T | readonly T[];

/**
 * Selects clusters by environment, name and labels.
 *
 * All that is given must hold; of several values one must. `{}` selects every cluster; `not` takes away those that it selects.
 * A cluster that lacks a label is not selected by any value of it.
 */
export type Selector<F> =
  & {
    /** Names of environments. */
    readonly environment?: OneOrMany<EnvironmentOf<F>>;
    /** Names of clusters. */
    readonly cluster?: OneOrMany<string>;
    /** All but these. */
    readonly not?: Selector<F>;
  }
  & { readonly [K in keyof LabelsOf<F>]?: OneOrMany<LabelsOf<F>[K]> };

/** A selector as it is at run time. */
export interface AnySelector {
  readonly not?: AnySelector;
  readonly [key: string]: OneOrMany<string> | AnySelector | undefined;
}

/** What a selector looks at. */
export interface Selectable {
  readonly cluster: string;
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether a selector selects a cluster. */
export function selects(selector: AnySelector, cluster: Selectable): boolean {
  for (const [key, wanted] of Object.entries(selector)) {
    if (wanted === undefined) {
      continue;
    }
    if (key === 'not') {
      if (selects(wanted as AnySelector, cluster)) {
        return false;
      }
    } else {
      const value = valueOf(cluster, key);
      if (value === undefined || !(Array.isArray(wanted) ? wanted.includes(value) : wanted === value)) {
        return false;
      }
    }
  }
  return true;
}

function valueOf(cluster: Selectable, key: string): string | undefined {
  if (key === 'environment' || key === 'cluster') {
    return cluster[key];
  }
  return Object.hasOwn(cluster.labels, key) ? cluster.labels[key] : undefined;
}
