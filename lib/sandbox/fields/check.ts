import { isMap, type Json, type JsonMap } from '../json';
import { stepTo } from './list-key';
import { printElement } from './path-element';
import { kindOf, LIST, MAP, walkOf, type ListType, type MapType, type ScalarKind, type ValueType } from './typed-value';

/** What about a value is not as its type demands, in the real server's words: `.spec.foo: field not declared in schema`. Empty when all is well. */
export function problemsOf(type: ValueType, value: Json): string[] {
  return check(type, value).map(({ path, message }) => path ? `${path}: ${message}` : message);
}

/** Several problems as one message. */
export function printProblems(problems: readonly string[]): string {
  return problems.length === 1 ? problems[0] : ['errors:', ...problems.map(problem => `  ${problem}`)].join('\n');
}

interface Problem {
  readonly path: string;
  readonly message: string;
}

const NONE: readonly Problem[] = [];

function check(type: ValueType, value: Json): readonly Problem[] {
  switch (walkOf(kindOf(type, value))) {
    case MAP: return value === null ? NONE : isMap(value) ? checkMap(type.map!, value) : told(`expected map, got &{${goValue(value)}}`);
    case LIST: return value === null ? NONE : Array.isArray(value) ? checkList(type.list!, value) : told(`expected list, got &{${goValue(value)}}`);
    default: return checkScalar(type.scalar!, value);
  }
}

function told(message: string): Problem[] {
  return [{ path: '', message }];
}

function checkMap(map: MapType, value: JsonMap): readonly Problem[] {
  let found: Problem[] | undefined;
  for (const key in value) {
    const type = map.tryFind(key);
    if (!type) {
      // The real one looks no further either.
      return [...found ?? [], { path: `.${key}`, message: 'field not declared in schema' }];
    }
    const child = value[key];
    // The common case, without a call.
    if (type.scalar === 'string' && typeof child === 'string') continue;
    const problems = check(type, child);
    if (problems.length > 0) (found ??= []).push(...problems.map(({ path, message }) => ({ path: `.${key}${path}`, message })));
  }
  return found ?? NONE;
}

function checkList(list: ListType, items: readonly Json[]): readonly Problem[] {
  let found: Problem[] | undefined;
  const seen = list.associative ? new Set<string>() : undefined;
  for (const [i, item] of items.entries()) {
    let step: string | undefined;
    if (seen) {
      try {
        step = stepTo(list, item);
      } catch (e) {
        return [...found ?? [], { path: '', message: `element ${i}: ${(e as Error).message}` }];
      }
      if (seen.has(step)) (found ??= []).push({ path: '', message: `duplicate entries for key ${printElement(step)}` });
      seen.add(step);
    }
    const problems = check(list.element, item);
    if (problems.length > 0) {
      const at = step === undefined ? `[${i}]` : printElement(step);
      (found ??= []).push(...problems.map(({ path, message }) => ({ path: `${at}${path}`, message })));
    }
  }
  return found ?? NONE;
}

function checkScalar(kind: ScalarKind, value: Json): readonly Problem[] {
  if (value === null) return NONE;
  switch (kind) {
    case 'numeric': return typeof value === 'number' ? NONE : told(`expected numeric (int or float), got ${goType(value)}`);
    case 'string': return typeof value === 'string' ? NONE : told(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
    case 'boolean': return typeof value === 'boolean' ? NONE : told(`expected boolean, got &{${goValue(value)}}`);
    default: return typeof value === 'object' ? told(`expected any scalar, got &{${goValue(value)}}`) : NONE;
  }
}

/** `%T` */
function goType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'string': return 'string';
    case 'boolean': return 'bool';
    case 'number': return Number.isInteger(value) ? 'int64' : 'float64';
    default: return 'map[string]interface {}';
  }
}

/** `%v` */
function goValue(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (isMap(value)) return `map[${Object.keys(value).sort().map(key => `${key}:${goValue(value[key])}`).join(' ')}]`;
  return String(value);
}

/** `%#v` */
function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isMap(value)) return `map[string]interface {}{${Object.keys(value).sort().map(key => `${JSON.stringify(key)}:${goSyntax(value[key])}`).join(', ')}}`;
  return JSON.stringify(value);
}
