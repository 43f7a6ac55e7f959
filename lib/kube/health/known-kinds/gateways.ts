import { KnownKind } from './known-kind';
import { Condition, isOlder, messageOf, readConditions } from '../conditions';
import { at, listAt, textAt, valuesAt } from '../fields';
import { degraded, Health, healthy, KubeObject, progressing, suspended } from '../health';

export const gatewayKinds: readonly KnownKind[] = [
  { group: 'gateway.networking.k8s.io', except: /^ReferenceGrant$/, assess: assessGatewayApi },
  { group: '.solo.io', assess: assessGloo },
];

interface Part {
  readonly name: string;
  readonly conditions: readonly Condition[];
}

/**
 * Gateway API: a Gateway reports for itself and for each listener, a route for each parent, a policy for each ancestor.
 * Rule: `Accepted`, `ResolvedRefs` and `Programmed` have to be true wherever they are reported.
 */
function assessGatewayApi(object: KubeObject): Health {
  const parts = partsOf(object);
  const known = parts.flatMap(({ conditions }) => conditions);
  const current = parts.map(({ name, conditions }) => ({ name, conditions: conditions.filter(condition => !isOlder(condition, object)) }));
  const refused = tryFindPart(current, ({ type, status, reason }) => status === 'False' && (type === 'Accepted' || type === 'ResolvedRefs') && reason !== 'Pending');
  if (refused) {
    return degraded(refused);
  }
  const open = tryFindPart(current, ({ type, status }) => status !== 'True' && ['Accepted', 'ResolvedRefs', 'Programmed'].includes(type));
  if (open) {
    return progressing(open);
  }
  // A route may be attached to a parent anew while an old entry of another one is still there; a policy counts for all its ancestors.
  const isPolicy = listAt(object, 'status', 'ancestors').length > 0;
  const answered = current.filter(({ conditions }) => conditions.length > 0);
  const complete = isPolicy ? answered.length === parts.length : answered.length > 0;
  return known.length > 0 && complete ? healthy() : progressing('waiting for a controller');
}

function partsOf(object: KubeObject): readonly Part[] {
  const own = readConditions(listAt(object, 'status', 'conditions'));
  const part = (item: unknown, name: string | undefined): Part => ({ name: name ?? '', conditions: readConditions(listAt(item, 'conditions')) });
  return [
    ...(own.length > 0 ? [{ name: '', conditions: own }] : []),
    ...listAt(object, 'status', 'listeners').map(item => part(item, textAt(item, 'name'))),
    ...listAt(object, 'status', 'parents').map(item => part(item, textAt(item, 'parentRef', 'name'))),
    ...listAt(object, 'status', 'ancestors').map(item => part(item, textAt(item, 'ancestorRef', 'name'))),
  ];
}

/** The message of the first condition that passes the test, after the name of its part. */
function tryFindPart(parts: readonly Part[], test: (condition: Condition) => boolean): string | undefined {
  for (const { name, conditions } of parts) {
    const found = conditions.find(test);
    if (found) {
      return name ? `${name}: ${messageOf(found)}` : messageOf(found);
    }
  }
  return undefined;
}

/** Gloo's states, by name and by number in its older versions. */
const GLOO_STATES = ['Pending', 'Accepted', 'Rejected', 'Warning'];

/** Gloo writes one state, or one for each namespace that its controllers run in. */
function assessGloo(object: KubeObject): Health {
  const reports = [at(object, 'status'), ...valuesAt(object, 'status', 'statuses')].filter(report => at(report, 'state') !== undefined);
  const states = reports.map(report => {
    const state = at(report, 'state');
    return { state: typeof state === 'number' ? GLOO_STATES[state] : state, reason: textAt(report, 'reason') };
  });
  const bad = states.find(({ state }) => state === 'Rejected' || state === 'Warning');
  if (bad) {
    return degraded(bad.reason);
  }
  if (states.some(({ state }) => state === 'Pending')) {
    return suspended('the resource has not been validated yet');
  }
  return states.length > 0 && states.every(({ state }) => state === 'Accepted') ? healthy() : progressing('waiting for Gloo');
}
