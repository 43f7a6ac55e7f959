/** A plain scalar that JSON cannot hold: `reason` ends a sentence. */
export class Unrepresentable {
  constructor(public readonly reason: string) {}
}

export type Scalar = string | number | boolean | null;

const WORDS = new Map<string, boolean | null>([
  ...cases(['y', 'yes', 'true', 'on']).map(word => [word, true] as const),
  ...cases(['n', 'no', 'false', 'off']).map(word => [word, false] as const),
  ...cases(['', '~', 'null']).map(word => [word, null] as const),
]);
const NOT_FINITE = new Set(['.nan', '.NaN', '.NAN', ...cases(['.inf', '+.inf', '-.inf'])]);

const NUMBER_START = /^[-+.0-9]/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
/** After a leading dot Go takes underscores between digits alone. */
const DOT_FLOAT = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * The value of a scalar without quotes, as kubectl, Argo CD and Flux read it.
 *
 * All three read YAML through sigs.k8s.io/yaml, which is go-yaml v2 and thus YAML 1.1 with exceptions: `yes`, `on`
 * and `y` are booleans, `0777` and `0o777` are octal, `1_000` is a number, but `12:30:45` and dates are strings. We
 * read the same: a text that means one thing to us and another to the tool that applies it would be worse than either.
 * (Rules: resolve.go of go.yaml.in/yaml/v2; numbers: strconv.ParseInt with base 0, strconv.ParseFloat.)
 */
export function resolvePlain(text: string): Scalar | Unrepresentable {
  const word = WORDS.get(text);
  if (word !== undefined) {
    return word;
  }
  if (!NUMBER_START.test(text)) {
    return text;
  }
  if (NOT_FINITE.has(text)) {
    return new Unrepresentable(`${text} is a number that JSON cannot hold`);
  }
  if (text.startsWith('.') && !DOT_FLOAT.test(text)) {
    return text;
  }
  const digits = text.replaceAll('_', '');
  return (INTEGER.test(digits) ? integer(digits) : undefined) ?? float(digits) ?? text;
}

/** Undefined for an integer of more than 64 bits. */
function integer(digits: string): number | Unrepresentable | undefined {
  const negative = digits.startsWith('-');
  const magnitude = BigInt(digits.replace(/^[-+]/, '').replace(/^0(?=[0-7])/, '0o').toLowerCase());
  const limit = negative ? MAX_INT64 + 1n : /^\+/.test(digits) ? MAX_INT64 : MAX_UINT64;
  if (magnitude > limit) {
    return undefined;
  }
  // `+ 0`: no negative zero.
  const value = Number(negative ? -magnitude : magnitude) + 0;
  // The limits themselves are bounds in schemas, where the API server keeps floats that are rounded as ours are.
  if (Number.isSafeInteger(value) || BigInt(Math.abs(value)) === magnitude || magnitude === MAX_INT64 || magnitude === MAX_UINT64) {
    return value;
  }
  return new Unrepresentable(`the integer ${digits} has more digits than JavaScript keeps, and would change`);
}

function float(digits: string): number | undefined {
  const value = FLOAT.test(digits) ? Number(digits) + 0 : NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Lower case, capitalized, upper case: the three that YAML 1.1 knows. `yEs` is a string. */
function cases(words: readonly string[]): string[] {
  return words.flatMap(word => [word, word.replace(/[a-z]/, letter => letter.toUpperCase()), word.toUpperCase()]);
}
