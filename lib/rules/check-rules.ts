import { Expression } from './expression';
import { isPath, parseFieldPath } from './field-path';
import { VERDICTS } from './health-rule';

/** What is wrong with a rule. */
export interface RuleProblem {
  /** Where in the list: `[0].healthy`, or empty for the list itself. */
  readonly at: string;
  /** `has to be a text`, `'a ==' is no CEL: …`. */
  readonly what: string;
}

const KIND = /^[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const GROUP = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/;

const HEALTH_FIELDS = ['kind', 'group', ...VERDICTS, 'message'];
const IGNORE_FIELDS = ['kind', 'group', 'name', 'fields'];

/** All that is wrong with health rules from a program without types, or from a file. */
export function checkHealthRules(rules: unknown, more: { readonly unknownFields: 'refused' | 'tolerated' }): RuleProblem[] {
  return eachRule(rules, (rule, at) => [
    ...checkKind(rule, at),
    ...more.unknownFields === 'refused' ? checkFields(rule, at, HEALTH_FIELDS) : [],
    ...[...VERDICTS, 'message'].flatMap(field => {
      const text = rule[field];
      if (text === undefined && field !== 'healthy') {
        return [];
      }
      if (typeof text !== 'string' || text.trim() === '') {
        return [{ at: `${at}.${field}`, what: `has to be an expression in CEL, and is ${show(text)}` }];
      }
      const parsed = Expression.parse(text, field === 'message' ? 'string' : 'bool');
      return parsed instanceof Expression ? []
        : [{ at: `${at}.${field}`, what: `${show(text)} is no expression that can be used: ${parsed.what}${parsed.position ? ` (character ${parsed.position})` : ''}` }];
    }),
  ]);
}

/** All that is wrong with rules of fields to ignore. */
export function checkIgnoreRules(rules: unknown, more: { readonly unknownFields: 'refused' | 'tolerated' }): RuleProblem[] {
  return eachRule(rules, (rule, at) => {
    const { name, fields } = rule;
    return [
      ...checkKind(rule, at),
      ...more.unknownFields === 'refused' ? checkFields(rule, at, IGNORE_FIELDS) : [],
      ...name === undefined || (typeof name === 'string' && name !== '') ? [] : [{ at: `${at}.name`, what: `has to be the name of an object, and is ${show(name)}` }],
      ...!Array.isArray(fields) || fields.length === 0 ? [{ at: `${at}.fields`, what: `has to be a list of paths, and is ${show(fields)}` }]
        : fields.flatMap((field, i): RuleProblem[] => {
          const path = typeof field === 'string' ? parseFieldPath(field) : { what: 'is no text' };
          return isPath(path) ? [] : [{ at: `${at}.fields[${i}]`, what: `${show(field)} is no path that can be used: it ${path.what}` }];
        }),
    ];
  });
}

function eachRule(rules: unknown, check: (rule: Readonly<Record<string, unknown>>, at: string) => RuleProblem[]): RuleProblem[] {
  if (!Array.isArray(rules)) {
    return [{ at: '', what: `has to be a list of rules, and is ${show(rules)}` }];
  }
  return rules.flatMap((rule: unknown, i) => isMap(rule) ? check(rule, `[${i}]`) : [{ at: `[${i}]`, what: `has to be a rule, and is ${show(rule)}` }]);
}

function checkKind({ kind, group }: Readonly<Record<string, unknown>>, at: string): RuleProblem[] {
  return [
    ...typeof kind === 'string' && KIND.test(kind) ? [] : [{ at: `${at}.kind`, what: `has to be a kind, as \`Deployment\`, and is ${show(kind)}` }],
    ...group === undefined || (typeof group === 'string' && GROUP.test(group)) ? [] : [{ at: `${at}.group`, what: `has to be an API group, as \`apps\`, and is ${show(group)}` }],
  ];
}

function checkFields(rule: Readonly<Record<string, unknown>>, at: string, known: readonly string[]): RuleProblem[] {
  return Object.keys(rule).filter(field => !known.includes(field))
    .map(field => ({ at: `${at}.${field}`, what: `is unknown; a rule has ${known.map(name => `\`${name}\``).join(', ')}` }));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
