import type { Json } from './json';

const expressions = new Map<string, RegExp | undefined>();

/** What a value is against, of the limits that a CustomResourceDefinition sets: `is greater than the maximum 10`; undefined when it is within them. */
export function limitProblem(value: Json, limits: Readonly<Record<string, Json>>): string | undefined {
  if (typeof value === 'number') return numberProblem(value, limits);
  if (typeof value === 'string') return textProblem(value, limits);
  if (Array.isArray(value)) return countProblem(value.length, 'items', limits.minItems, limits.maxItems);
  return value !== null && typeof value === 'object' ? countProblem(Object.keys(value).length, 'fields', limits.minProperties, limits.maxProperties) : undefined;
}

function numberProblem(value: number, { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Readonly<Record<string, Json>>): string | undefined {
  if (typeof maximum === 'number' && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    return `is greater than ${exclusiveMaximum === true ? 'the greatest value below' : 'the maximum'} ${maximum}`;
  }
  if (typeof minimum === 'number' && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    return `is less than ${exclusiveMinimum === true ? 'the least value above' : 'the minimum'} ${minimum}`;
  }
  return undefined;
}

function textProblem(value: string, { minLength, maxLength, pattern }: Readonly<Record<string, Json>>): string | undefined {
  const wrong = countProblem([...value].length, 'characters', minLength, maxLength);
  if (wrong) return wrong;
  return typeof pattern === 'string' && compile(pattern)?.test(value) === false ? `does not match ${pattern}` : undefined;
}

function countProblem(count: number, what: string, least: Json | undefined, most: Json | undefined): string | undefined {
  if (typeof least === 'number' && count < least) return `has fewer than ${least} ${what}`;
  return typeof most === 'number' && count > most ? `has more than ${most} ${what}` : undefined;
}

/** Go's expressions are those of JavaScript in nearly all that schemas use; one that is not demands nothing. */
function compile(pattern: string): RegExp | undefined {
  if (!expressions.has(pattern)) {
    let expression: RegExp | undefined;
    try {
      expression = /\\[AzQEpPC]|\[\[:|\(\?[^:i]/.test(pattern) ? undefined : new RegExp(pattern.replace(/^\(\?i\)/, ''), pattern.startsWith('(?i)') ? 'i' : '');
    } catch {
      expression = undefined;
    }
    expressions.set(pattern, expression);
  }
  return expressions.get(pattern);
}
