import { ErrorLocation, FlotillaError } from '../errors';
import { checkNamespace } from './check-fleet';
import { checkChanges } from './check-overlay-changes';
import { checkSelector } from './check-selector';
import { checkOverlayValues, checkPlainValues } from './check-values';
import type { AnyFleet } from './fleet';
import type { AddedOverlay } from './overlay-props';
import { listNames, suggest } from './suggest';
import { isMap } from './values';

const CHANGES = ['values', 'remove', 'patch', 'images', 'replicas', 'labels', 'annotations', 'namespace', 'namePrefix', 'nameSuffix'];

/** What an overlay is measured by. */
export interface OverlayContext {
  readonly fleet: AnyFleet;
  /** Names of the clusters of the fleet. */
  readonly clusters: ReadonlySet<string>;
  /** Names of the applications of the fleet. */
  readonly applications: readonly string[];
  /** The values that it may change; undefined: it may change none. */
  readonly values?: object;
  /** Whether the values are as they should be, so that those of overlays can be compared with them. */
  readonly compareValues: boolean;
  /** The application that it belongs to. */
  readonly application?: string;
}

/** What is wrong with an overlay. */
export function checkOverlay({ name, props, source }: AddedOverlay, context: OverlayContext): FlotillaError[] {
  const where: ErrorLocation = { construct: name, source, ...context.application === undefined ? {} : { application: context.application } };
  const malformed = (what: string) => [new FlotillaError('FLT1011', {
    what: `the overlay ${name} ${what}`, where, fix: 'give it something to change: `values`, a `patch` together with `with`, `images`, `replicas`, `labels`, …',
  })];
  const given: unknown = props;
  if (!isMap(given)) {
    return malformed('is not a map');
  }
  const { patch, values, namespace } = given;
  const selector = given.where ?? (context.application === undefined ? {} : undefined);
  return [
    ...checkSelector(context.fleet, context.clusters, selector, where),
    ...CHANGES.some(change => given[change] !== undefined) ? [] : malformed(given.with === undefined ? 'changes nothing' : 'has a `with` without a `patch`'),
    ...patch === undefined || (isMap(patch) && typeof patch.kind === 'string') ? [] : malformed('does not say which `kind` of object it patches'),
    ...patch === undefined || isContent(given.with) ? [] : malformed('has a `patch` without `with`: a function, a strategic merge patch or a list of operations'),
    ...values === undefined ? [] : checkValues(name, values, context, where, malformed),
    ...checkApplications(name, given.applications, context, where),
    ...checkNamespace(namespace, where),
    ...checkChanges(name, given, where),
  ];
}

function isContent(content: unknown): boolean {
  return typeof content === 'function' || Array.isArray(content) || isMap(content);
}

function checkValues(
  name: string, values: unknown, { values: base, compareValues }: OverlayContext, where: ErrorLocation, malformed: (what: string) => FlotillaError[],
): FlotillaError[] {
  if (base === undefined) {
    return malformed('has `values`, which are those of an application: this one changes the objects of several');
  }
  const plain = checkPlainValues(values, `the values of the overlay ${name}`, where);
  return [...plain, ...compareValues && plain.length === 0 ? checkOverlayValues(base, values, `the overlay ${name}`, where) : []];
}

function checkApplications(name: string, given: unknown, { application, applications }: OverlayContext, where: ErrorLocation): FlotillaError[] {
  if (given === undefined) {
    return [];
  }
  const wrong = (what: string, fix: string) => new FlotillaError('FLT2202', { what: `the overlay ${name} ${what}`, where, fix });
  if (application !== undefined) {
    return [wrong('names `applications`, and is one of an application', 'remove `applications`, or declare it on the fleet, an environment or a cluster')];
  }
  return !Array.isArray(given) ? [wrong('has `applications` that are no list', "list their names: `applications: ['web']`")]
    : given.filter(each => !applications.includes(each)).map(each => wrong(
      `names the application ${JSON.stringify(each)}, which the fleet does not have${suggest(String(each), applications)}`, `use some of ${listNames(applications)}`));
}
