import { FlotillaError } from '../errors';
import { at } from './shape';
import { checkHealthRules, checkIgnoreRules, RuleProblem } from '../rules/check-rules';

/** What is wrong with `spec.health` and `spec.ignore` of a Delivery, each an FLT3013: to apply the rest would take back what others own. */
export function ruleErrors(value: unknown, file: string): FlotillaError[] {
  const errors = (field: string, check: typeof checkHealthRules): FlotillaError[] => {
    const rules = at(value, field);
    return rules === undefined ? [] : check(rules, { unknownFields: 'tolerated' }).map((problem: RuleProblem) => new FlotillaError('FLT3013', {
      what: `${field}${problem.at} ${problem.what}`, where: { file }, fix: 'mend the rule, or synthesize the tree anew',
    }));
  };
  return [...errors('spec.health', checkHealthRules), ...errors('spec.ignore', checkIgnoreRules)];
}
