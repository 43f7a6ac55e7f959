import type { Environment } from '@marcbachmann/cel-js';
import type { FieldProblems } from './field-problems';
import type { SchemaNode } from '../../schema/schema-node';
import { isEqual } from '../defaults/equal';
import { isMap, type Json, type JsonMap } from '../json';

interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

type Program = (context: Record<string, unknown>) => unknown;

let environment: Environment | undefined;
const programs = new Map<string, Program | undefined>();

/** An ES module, loaded when the first definition has a rule. */
function celEnvironment(): Environment {
  if (!environment) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const cel = require('@marcbachmann/cel-js') as typeof import('@marcbachmann/cel-js');
    environment = new cel.Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true }).registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
  }
  return environment;
}

/** A rule that can be asked; undefined for one that uses what this CEL does not have (Kubernetes' own functions): it is passed over. */
function programOf(expression: string): Program | undefined {
  if (!programs.has(expression)) {
    let program: Program | undefined;
    try {
      program = celEnvironment().parse(expression);
    } catch {
      program = undefined;
    }
    programs.set(expression, program);
  }
  return programs.get(expression);
}

/** Asks the `x-kubernetes-validations` of a schema, those of what an object holds too. Transition rules are asked where there was a value before. */
export function checkRules(value: Json, node: SchemaNode, path: string, old: Json | undefined, problems: FieldProblems): void {
  if (!hasRules(node) || value === null) return;
  if (old !== undefined && isEqual(value, old)) return;
  for (const rule of (node.constraints?.['x-kubernetes-validations'] ?? []) as unknown as Rule[]) ask(rule, value, node, path, old, problems);
  if (Array.isArray(value) && node.items) {
    value.forEach((item, i) => checkRules(item, node.items!, `${path}[${i}]`, correlate(item, node, old), problems));
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) {
      const property = node.properties?.get(key);
      const below = property ?? node.additional;
      const at = property ? (path ? `${path}.${key}` : key) : `${path}[${key}]`;
      if (below) checkRules(item, below, at, isMap(old) ? old[key] : undefined, problems);
    }
  }
}

function ask(rule: Rule, value: Json, node: SchemaNode, path: string, old: Json | undefined, problems: FieldProblems): void {
  const isTransition = /\boldSelf\b/.test(rule.rule);
  if (isTransition && old === undefined && rule.optionalOldSelf !== true) return;
  const program = programOf(rule.rule);
  if (!program) return;
  const context = { self: toCel(value, node), ...(old === undefined ? {} : { oldSelf: toCel(old, node) }) };
  try {
    if (program(context) === true) return;
  } catch (error) {
    // What the library of this CEL refuses for its own reasons is not held against the object; a key that is missing is.
    const why = (error as Error).message.split('\n')[0];
    if (!/No such key/i.test(why)) return;
  }
  refuse(rule, context, value, path, problems);
}

function refuse(rule: Rule, context: Record<string, unknown>, value: Json, path: string, problems: FieldProblems): void {
  const text = messageOf(rule, context);
  const at = rule.fieldPath ? `${path}${rule.fieldPath}` : path || '<nil>';
  switch (rule.reason) {
    case 'FieldValueRequired': return problems.required(at, text);
    case 'FieldValueForbidden': return problems.forbidden(at, text);
    case 'FieldValueDuplicate': return problems.duplicate(at, isMap(value) ? 'object' : Array.isArray(value) ? 'array' : value);
    default: return isMap(value) || Array.isArray(value) ? problems.refused(at, text) : problems.invalid(at, value, text);
  }
}

function messageOf(rule: Rule, context: Record<string, unknown>): string {
  const written = rule.messageExpression ? programOf(rule.messageExpression) : undefined;
  try {
    const text = written?.(context);
    if (typeof text === 'string' && text.trim() && !text.includes('\n')) return text;
  } catch {
    // The fixed message is told then.
  }
  return rule.message ?? `failed rule: ${rule.rule.trim()}`;
}

const known = new WeakMap<SchemaNode, boolean>();

export function hasRules(node: SchemaNode): boolean {
  let found = known.get(node);
  if (found === undefined) {
    known.set(node, false);
    found = Array.isArray(node.constraints?.['x-kubernetes-validations']) || (node.items !== undefined && hasRules(node.items))
      || (node.additional !== undefined && hasRules(node.additional)) || [...node.properties?.values() ?? []].some(hasRules);
    known.set(node, found);
  }
  return found;
}

/** Whole numbers are integers of CEL where the schema says so, maps are maps. */
function toCel(value: Json, node: SchemaNode | undefined): unknown {
  if (typeof value === 'number') return node?.type === 'number' || !Number.isSafeInteger(value) ? value : BigInt(value);
  if (Array.isArray(value)) return value.map(item => toCel(item, node?.items));
  if (!isMap(value)) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, toCel(item, node?.properties?.get(key) ?? node?.additional)]));
}

function correlate(item: Json, { listType, listMapKeys = [] }: SchemaNode, old: Json | undefined): Json | undefined {
  if (listType !== 'map' || !Array.isArray(old) || !isMap(item)) return undefined;
  return old.find((other): other is JsonMap => isMap(other) && listMapKeys.every(key => isEqual(other[key], item[key])));
}
