import { settleNamespace } from './check-object';
import { constructsIn, objectsOf, RenderedObject } from './objects';
import { applyOverlays } from './overlays/apply';
import { nameByContent } from './overlays/name-by-content';
import { overlaysOn } from './overlays/scopes';
import { ObserveOverlay, OverlayMatch } from './overlays/step';
import { ClusterFacts, targetOf } from './placement';
import { Problem } from './problem';
import { isPromise, renderTarget } from './render';
import { CustomScopes, scopeOf } from './scope';
import { SourceObjects } from './source-objects';
import { validate } from './validate';
import { overlaysFor, valuesFor } from './values';
import { assignWaves } from './waves';
import { AnyApplication } from '../model/application';
import { userFrame } from '../model/call-site';
import { AddedOverlay } from '../model/overlay-props';

/** The objects of one application on one cluster, and what is wrong with them. */
export interface RenderedTarget {
  readonly application: AnyApplication;
  readonly objects: readonly RenderedObject[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The overlays of fleet, environment and cluster that were applied, and what they matched. */
  readonly shared: { readonly overlays: readonly AddedOverlay[]; readonly matches: readonly OverlayMatch[] };
}

/**
 * From the model to the objects of one target. It depends on nothing but the application and what selectors look at.
 *
 * @param given The objects of its sources.
 * @param scopes What the fleet says of custom kinds, so that overlays see the namespaces that will be written.
 * @param shared The overlays of the fleet, the environment and the cluster that select the cluster.
 * @param observe Is told of each change that an overlay makes.
 */
export function renderObjects(
  application: AnyApplication, facts: ClusterFacts, given: SourceObjects, scopes: CustomScopes, shared: readonly AddedOverlay[], observe?: ObserveOverlay,
): RenderedTarget {
  const overlays = overlaysFor(application, facts);
  const others = overlaysOn(application, shared);
  const nothing = { application, objects: [], warnings: [], shared: { overlays: others, matches: [] } };
  if (given.problems.length > 0) {
    // Whatever overlays would miss now is missing because of that.
    return { ...nothing, problems: given.problems };
  }
  const { root, returned, thrown } = renderTarget(application, valuesFor(application, overlays), targetOf(application, facts));
  if (thrown !== undefined) {
    return { ...nothing, problems: [renderThrew(application, thrown)] };
  }
  if (isPromise(returned)) {
    // What it awaits is of no interest any more; its failure is not to end the process.
    returned.then(undefined, () => {});
    return { ...nothing, problems: [renderIsAsynchronous(application)] };
  }
  const constructs = constructsIn(root);
  const problems = constructs.flatMap((construct): Problem[] => (
    validate(construct).map(problem => ({ ...problem, application, origin: { application, path: construct.node.path } }))
  ));
  const objects = [...given.objects, ...objectsOf(application, constructs, problems)];
  objects.forEach(object => settleNamespace(object, scopeOf(object.manifest, scopes)));
  const outcome = applyOverlays(application, [...overlays, ...others], objects, scopes, observe);
  const own = new Set(overlays);
  // Overlays that are not of the application need not match each of them.
  problems.push(...outcome.problems, ...outcome.matches.flatMap(({ overlay, problem }) => (problem && own.has(overlay) ? [problem] : [])));
  problems.push(...nameByContent(application, objects), ...assignWaves(application, constructs, objects));
  const matches = outcome.matches.filter(({ overlay }) => !own.has(overlay));
  return { application, objects, problems, warnings: given.warnings, shared: { overlays: others, matches } };
}

function renderThrew(application: AnyApplication, thrown: unknown): Problem {
  return {
    code: 'FLT2006',
    application,
    cause: thrown,
    what: `the render of the application '${application.name}' threw`,
    where: { source: userFrame(thrown) ?? application.source },
    fix: 'mend the function `render`, or the values that it gets on these clusters',
  };
}

function renderIsAsynchronous(application: AnyApplication): Problem {
  return {
    code: 'FLT2007',
    application,
    what: `the render of the application '${application.name}' returns a promise`,
    fix: 'make `render` synchronous: read what it needs before the Application is created',
  };
}
