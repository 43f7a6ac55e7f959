import { assessHealth } from './assess';
import { isStale } from './conditions';
import { groupOf } from './group';
import { Health, HealthStatus, KubeObject, of } from './health';
import { waitState, WaitState } from './wait';
import { Expression, ExpressionInput } from '../../rules/expression';
import { HealthRule, Verdict, VERDICTS } from '../../rules/health-rule';
import { tryFindRule } from '../../rules/match';

/** How an object is, and whether to wait for it. */
export interface Assessment extends Health {
  readonly wait: WaitState;
}

/** What an expression that is true says. */
const MEANING: Readonly<Record<Verdict, { readonly status: HealthStatus; readonly wait: WaitState }>> = {
  suspended: { status: 'Suspended', wait: 'Current' },
  progressing: { status: 'Progressing', wait: 'InProgress' },
  degraded: { status: 'Degraded', wait: 'Failed' },
  healthy: { status: 'Healthy', wait: 'Current' },
};

/**
 * The health of an object by the rules of its application; by what is known of its kind where there is no rule for it. Never throws.
 *
 * As with Flux, an object whose newest spec was not observed yet is progressing, whatever the expressions say.
 *
 * @param object the object with its status, as the cluster returns it; undefined for one that is not there
 */
export function assessByRules(object: KubeObject | undefined, rules: readonly HealthRule[]): Assessment {
  const rule = object && tryFindRule(rules, { group: groupOf(object), kind: object.kind, name: object.metadata?.name ?? '' });
  if (!object || !rule || object.metadata?.deletionTimestamp) {
    return { ...assessHealth(object), wait: waitState(object) };
  }
  if (isStale(object)) {
    return { ...of('Progressing', 'the newest spec has not been observed yet'), wait: 'InProgress' };
  }
  const expressions = compile(rule);
  const input = new ExpressionInput(object);
  const verdict = VERDICTS.find(each => expressions[each]?.evaluate(input).value === true);
  const message = expressions.message?.evaluate(input).value;
  if (verdict) {
    return { ...of(MEANING[verdict].status, typeof message === 'string' ? message : undefined), wait: MEANING[verdict].wait };
  }
  const why = expressions.healthy?.evaluate(input).error;
  return { ...of('Progressing', typeof message === 'string' ? message : why && `not known to be healthy: ${why}`), wait: 'InProgress' };
}

type Compiled = Partial<Record<Verdict | 'message', Expression>>;

const compiled = new WeakMap<HealthRule, Compiled>();

/** The expressions of a rule. Those that are wrong are left out: who reads a tree checks them before. */
function compile(rule: HealthRule): Compiled {
  const known = compiled.get(rule);
  if (known) {
    return known;
  }
  const expressions: Compiled = {};
  for (const name of [...VERDICTS, 'message'] as const) {
    const text = rule[name];
    const parsed = text === undefined ? undefined : Expression.parse(text, name === 'message' ? 'string' : 'bool');
    if (parsed instanceof Expression) {
      expressions[name] = parsed;
    }
  }
  compiled.set(rule, expressions);
  return expressions;
}
