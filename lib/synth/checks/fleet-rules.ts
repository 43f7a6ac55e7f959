import { userFrame } from '../../model/call-site';
import { AnyFleet } from '../../model/fleet';
import { AddedRule, RuleObject } from '../../model/fleet-rule';
import { Target } from '../../model/target';
import { formatIdentity, identityOf } from '../../tree/manifest';
import { RenderedObject } from '../objects';
import { Problem } from '../problem';
import { isPromise } from '../render';

/** What a rule said of an object. */
export interface RuleProblem {
  readonly level: 'error' | 'warning';
  readonly problem: Problem;
}

/** Asks the rules of a fleet about its objects. A rule that throws is told once, and not asked again. */
export class FleetRules {
  private readonly broken = new Set<string>();

  constructor(private readonly rules: readonly AddedRule<AnyFleet>[]) {}

  /** What is wrong with an object on a target. @param skipped names of rules that are not asked */
  public check(object: RenderedObject, target: Target<AnyFleet>, skipped: ReadonlySet<string>): RuleProblem[] {
    const asked = this.rules.filter(({ name }) => !this.broken.has(name) && !skipped.has(name));
    if (asked.length === 0) {
      return [];
    }
    // A copy: what a rule changes must change nothing, and the rules after it are to see what is written.
    const copy = structuredClone(object.manifest) as RuleObject;
    return asked.flatMap(rule => this.ask(rule, copy, object, target));
  }

  private ask(rule: AddedRule<AnyFleet>, copy: RuleObject, { origin, manifest }: RenderedObject, target: Target<AnyFleet>): RuleProblem[] {
    const { application } = origin;
    const identity = formatIdentity(identityOf(manifest));
    const place = rule.source === undefined ? '' : ` (${rule.source})`;
    let answer: unknown;
    try {
      answer = rule.rule(copy, target);
    } catch (thrown) {
      this.broken.add(rule.name);
      return [{
        level: 'error',
        problem: {
          code: 'FLT2324', application, origin, cause: thrown ?? new Error(`${String(thrown)} was thrown`),
          what: `the rule '${rule.name}' threw when it looked at ${identity}`, where: { source: userFrame(thrown) ?? rule.source },
          fix: 'mend the rule: it gets every object of the fleet, of every kind',
        },
      }];
    }
    if (answer === undefined || answer === true) {
      return [];
    }
    if (answer === false || typeof answer === 'string') {
      return [{
        level: rule.level,
        problem: {
          code: 'FLT2320', application, origin, what: `${identity} breaks the rule '${rule.name}'${place}${answer === false || answer === '' ? '' : `: ${answer}`}`,
          fix: 'change the object, or the rule',
        },
      }];
    }
    this.broken.add(rule.name);
    if (isPromise(answer)) {
      answer.then(undefined, () => {});
    }
    return [{
      level: 'error',
      problem: {
        code: 'FLT2324', application, origin, where: { source: rule.source },
        what: `the rule '${rule.name}' says ${isPromise(answer) ? 'a promise' : JSON.stringify(answer)} of ${identity}`, fix: 'let it return true, false, a text or nothing',
      },
    }];
  }
}
