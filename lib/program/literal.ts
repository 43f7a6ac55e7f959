import { Token } from './tokens';

/** What the text of a value says of it, without running anything. */
export type Literal =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'map'; readonly entries: ReadonlyMap<string, Literal>; readonly open: boolean }
  | { readonly type: 'list'; readonly items: readonly Literal[]; readonly open: boolean }
  | { readonly type: 'function'; readonly words: readonly string[] }
  | { readonly type: 'unknown' };

/** A part of a program: the tokens from `from` up to and without `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const UNKNOWN: Literal = { type: 'unknown' };
const CONSTANTS = new Map<string, unknown>([['true', true], ['false', false], ['null', null], ['undefined', undefined]]);

/** Reads the value that a part of a program is. */
export function readLiteral(tokens: readonly Token[], { from, to }: Range): Literal {
  const first = tokens[from];
  const end = withoutAssertion(tokens, { from, to });
  if (first === undefined || end <= from) {
    return UNKNOWN;
  }
  if (isFunction(tokens, { from, to: end })) {
    return { type: 'function', words: wordsOf(tokens.slice(from, end)) };
  }
  if (first.partner === end - 1 && first.text === '{') {
    const { values, open } = entriesOf(tokens, from);
    return { type: 'map', entries: new Map([...values].map(([key, range]) => [key, range ? readLiteral(tokens, range) : UNKNOWN])), open };
  }
  if (first.partner === end - 1 && first.text === '[') {
    const parts = partsOf(tokens, from);
    return { type: 'list', items: parts.map(part => readLiteral(tokens, part)), open: parts.some(part => tokens[part.from].text === '...') };
  }
  if (end === from + 1) {
    return first.kind === 'text' ? { type: 'value', value: unquote(first.text) }
      : first.kind === 'number' ? { type: 'value', value: Number(first.text.replaceAll('_', '')) }
        : CONSTANTS.has(first.text) ? { type: 'value', value: CONSTANTS.get(first.text) } : UNKNOWN;
  }
  return end === from + 2 && first.text === '-' && tokens[from + 1].kind === 'number' ? { type: 'value', value: -Number(tokens[from + 1].text) } : UNKNOWN;
}

/** The keys at the top of a map in braces and their values; a key that stands alone has none. It is open when it may have other keys, too. */
export function entriesOf(tokens: readonly Token[], brace: number): { readonly values: Map<string, Range | undefined>; readonly open: boolean } {
  const values = new Map<string, Range | undefined>();
  let open = false;
  for (const { from, to } of partsOf(tokens, brace)) {
    const [key, next] = [tokens[from], tokens[from + 1]];
    const isKey = key.kind === 'word' || key.kind === 'text' || key.kind === 'number';
    if (isKey && to === from + 1) {
      values.set(keyOf(key), undefined);
    } else if (isKey && next.text === ':') {
      values.set(keyOf(key), { from: from + 2, to });
    } else if (isKey && next.text === '(') {
      values.set(keyOf(key), { from, to });
    } else {
      open = true;
    }
  }
  return { values, open };
}

/** What stands between the commas inside of a bracket. */
function partsOf(tokens: readonly Token[], bracket: number): Range[] {
  const end = tokens[bracket].partner ?? bracket;
  const parts: Range[] = [];
  let from = bracket + 1;
  for (let at = from; at <= end; at++) {
    const { partner, text } = tokens[at];
    if (at === end || text === ',') {
      if (at > from) {
        parts.push({ from, to: at });
      }
      from = at + 1;
    } else if (partner !== undefined && partner > at) {
      at = partner;
    }
  }
  return parts;
}

/** `as const` and `satisfies X` say nothing of the value. */
function withoutAssertion(tokens: readonly Token[], { from, to }: Range): number {
  for (let at = from; at < to; at++) {
    const { text, partner, kind } = tokens[at];
    if (at > from && kind === 'word' && (text === 'as' || text === 'satisfies')) {
      return at;
    }
    at = partner !== undefined && partner > at ? partner : at;
  }
  return to;
}

function isFunction(tokens: readonly Token[], { from, to }: Range): boolean {
  if (['function', 'async'].includes(tokens[from].text) || (tokens[from].kind === 'word' && tokens[from + 1]?.text === '(' && tokens[to - 1].text === '}')) {
    return true;
  }
  for (let at = from; at < to; at++) {
    if (tokens[at].text === '=>') {
      return true;
    }
    at = (tokens[at].partner ?? 0) > at ? tokens[at].partner! : at;
  }
  return false;
}

/** The words, numbers and texts of a piece of code: what is left of it when a compiler has taken the types away and written it anew. */
export function wordsOf(tokens: readonly Token[]): string[] {
  return tokens.filter(({ kind }) => kind !== 'sign').map(({ kind, text }) => (kind === 'text' ? unquote(text) : text));
}

function keyOf({ kind, text }: Token): string {
  return kind === 'text' ? unquote(text) : text;
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|[^])/gi, (_, plain: string, long?: string, short?: string, byte?: string) => {
    const code = long ?? short ?? byte;
    return code === undefined ? { 'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', '0': '\0', '\n': '' }[plain] ?? plain : String.fromCodePoint(parseInt(code, 16));
  });
}
