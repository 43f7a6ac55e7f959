import { App, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { AnyApplication } from '../model/application';
import { withLongStacks } from '../model/call-site';
import { AnyFleet } from '../model/fleet';
import { Target } from '../model/target';

/**
 * Lets an application create its constructs for one target, in a tree of their own.
 *
 * The chart has the application's name and nothing above it, so that the names that cdk8s makes of construct paths
 * are those of an ordinary cdk8s program and the same on every cluster.
 *
 * @param watch Is given the root before anything is created.
 * @returns The root of the tree, and what the application's `render` returned or threw.
 */
export function renderTarget(
  application: AnyApplication, values: object, target: Target<AnyFleet>, watch?: (root: IConstruct) => void,
): Rendering {
  // The root has to be an App, because objects find their resolvers there. It is never synthesized.
  const root = new App({ outdir: '.', recordConstructMetadata: false });
  for (const [key, value] of Object.entries(application.node.getAllContext())) {
    root.node.setContext(key, value);
  }
  watch?.(root);
  try {
    const chart = new Chart(root, application.name, { namespace: application.namespace });
    const returned: unknown = withLongStacks(() => application.render?.(chart, values, target));
    return { root, returned };
  } catch (thrown) {
    return { root, thrown: thrown ?? new Error(`${String(thrown)} was thrown`) };
  }
}

/** What came of one call of `render`. */
export interface Rendering {
  readonly root: IConstruct;
  /** What `render` returned: nothing, if all is well. */
  readonly returned?: unknown;
  /** What it threw. */
  readonly thrown?: unknown;
}

/** Whether a value is a promise, or anything else that can be awaited. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
