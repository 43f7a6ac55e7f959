import { Literal, wordsOf } from './literal';
import { tokensOf } from './tokens';

/**
 * How much of a value a literal accounts for: one point a key and a constant, more for a function with the same words.
 *
 * @returns undefined when the value cannot have been written by the literal.
 */
export function likeness(literal: Literal, value: unknown): number | undefined {
  switch (literal.type) {
    case 'unknown':
      return 0;
    case 'value':
      return Object.is(literal.value, value) ? 2 : undefined;
    case 'function':
      return typeof value !== 'function' ? undefined : sameWords(literal.words, Function.prototype.toString.call(value)) ? 20 : 1;
    case 'list':
      return Array.isArray(value) && (literal.open || value.length === literal.items.length)
        ? sum(literal.open ? [] : literal.items.map((item, i) => likeness(item, value[i])), 1) : undefined;
    default:
      return likenessOfMap(literal, value);
  }
}

function likenessOfMap({ entries, open }: Extract<Literal, { type: 'map' }>, value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return undefined;
  }
  const keys = Object.keys(value);
  if (!open && (keys.length !== entries.size || keys.some(key => !entries.has(key)))) {
    return undefined;
  }
  const scores = [...entries].map(([key, inner]) => (Object.hasOwn(value, key) ? likeness(inner, (value as Record<string, unknown>)[key]) : undefined));
  return sum(scores, entries.size);
}

function sum(scores: readonly (number | undefined)[], start: number): number | undefined {
  return scores.reduce<number | undefined>((total, score) => (total === undefined || score === undefined ? undefined : total + score), start);
}

/** Compilers write code anew, and leave its words as they are. */
function sameWords(words: readonly string[], code: string): boolean {
  const own = wordsOf(tokensOf(code));
  return own.length === words.length && own.every((word, i) => word === words[i]);
}
