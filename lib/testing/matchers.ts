import { Difference, differences } from './difference';
import { TestTarget } from './target';
import { FlotillaError } from '../errors';
import { isOfKind, ObjectName, parseObjectName } from '../explain/object-name';
import { suggest } from '../model/suggest';
import { formatIdentity, identityOf, Manifest } from '../tree/manifest';
import { show } from '../tree/shape';

/** What matchers return, to Jest and to Vitest alike. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What {@link matchers} add to what `expect` returns. */
export interface FleetMatchers<R = unknown> {
  /**
   * Whether a target has an object, and the object has these fields.
   *
   * Of maps, the keys that are named are compared, `undefined` meaning that there is none; of lists whose items have names (containers, environment variables,
   * ports), the items that are named; other lists as a whole. `expect.any(String)` and its like may stand anywhere.
   *
   * @param name `Deployment/web`, `deployments.apps/web`, `Deployment/shop/web`; a kind alone, `Ingress`, is any object of it.
   * @param fields What it should have.
   */
  toHaveObject(name: string, fields?: Readonly<Record<string, unknown>>): R;
}

/** For `expect.extend(matchers)`, in Jest and in Vitest. */
export const matchers = { toHaveObject };

function toHaveObject(received: unknown, name: string, fields: Readonly<Record<string, unknown>> = {}): MatcherResult {
  if (!(received instanceof TestTarget)) {
    throw new FlotillaError('FLT2407', {
      what: `toHaveObject was given ${show(received)}, which is no target`, fix: "write `expect(targetOf(fleet, 'prod-eu-west-1', 'web')).toHaveObject('Deployment/web')`",
    });
  }
  const objects = received.objects;
  const found = objects.filter(object => isCalled(parseName(name), object));
  const closest = found.map(object => ({ object, missing: differences(object, fields) })).sort((a, b) => a.missing.length - b.missing.length)[0];
  const target = `the application '${received.application}' on '${received.cluster}'`;
  if (closest?.missing.length === 0) {
    const same = Object.keys(fields).length > 0 ? ` with\n${indent(JSON.stringify(fields, undefined, 2))}` : '';
    return { pass: true, message: () => `expected that ${target} has no ${name}${same}\n\nit has ${formatIdentity(identityOf(closest.object))}` };
  }
  return {
    pass: false,
    message: () => (closest ? `expected that ${formatIdentity(identityOf(closest.object))} of ${target} has\n\n${indent(closest.missing.map(line).join('\n'))}`
      : `expected that ${target} has ${name}${closestName(name, objects)}\n\n${listed(objects)}`),
  };
}

/** A kind alone, or a whole name. */
function parseName(text: string): Omit<ObjectName, 'name'> & { readonly name?: string } {
  const parsed = parseObjectName(text.includes('/') ? text : `${text}/any`);
  if (!parsed) {
    throw new FlotillaError('FLT2403', { what: `${JSON.stringify(text)} does not name an object`, fix: "write it as 'Deployment/web', or a kind alone: 'Ingress'" });
  }
  return text.includes('/') ? parsed : { ...parsed, name: undefined };
}

function isCalled({ name, ...kind }: ReturnType<typeof parseName>, object: Manifest): boolean {
  return isOfKind({ ...kind, name: '' }, identityOf(object)) && (name === undefined || name === object.metadata.name);
}

function closestName(text: string, objects: readonly Manifest[]): string {
  const { name, ...kind } = parseName(text);
  const ofKind = objects.filter(object => isCalled({ ...kind, name: undefined }, object));
  return name !== undefined && ofKind.length > 0 ? suggest(name, ofKind.map(({ metadata }) => metadata.name))
    : suggest(kind.kind, objects.map(object => object.kind.toLowerCase()));
}

function listed(objects: readonly Manifest[]): string {
  return objects.length === 0 ? 'it has no objects' : `it has\n\n${indent(objects.map(object => formatIdentity(identityOf(object))).join('\n'))}`;
}

/** `spec.replicas: 3, and it is 1` */
function line({ path, expected, actual }: Difference): string {
  const wanted = expected === undefined ? 'nothing' : show(expected);
  return `${path}: ${wanted}, and ${actual === undefined ? 'it is not there' : `it is ${show(actual)}`}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
