import { setOwn } from './construct';
import { emitYaml } from './emit';
import { MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_NODES } from './limits';
import { parseYaml } from './parse';

/** No more nodes than are read: each takes a character and a half at least, as a map and its key in `a:` and a line break do. */
const LONGEST = 1.5 * MAX_NODES;
/** Thrown where the text looks otherwise than what `emitYaml` writes. */
const OTHERWISE = Symbol('not as emitted');
const [NEWLINE, SPACE, QUOTE, DASH, COLON, QUESTION, BACKSLASH, BAR, ZERO, NINE] = [...'\n "-:?\\|09'].map(char => char.charCodeAt(0));
const WORDS = new Map<string, () => unknown>([['true', () => true], ['false', () => false], ['null', () => null], ['[]', () => []], ['{}', () => ({})]]);
const LONGEST_WORD = 5;

/** `parseYaml` for a text that `emitYaml` most probably wrote: the same value, or the same error, and several times as fast when it did. */
export function parseEmitted(text: string, file: string): unknown {
  const value = tryParseEmitted(text);
  return value === undefined ? parseYaml(text, file) : value;
}

/**
 * The value of a text that is what `emitYaml` writes, byte for byte; undefined for any other text, which `parseYaml` may well read.
 *
 * The reader below is quick and checks next to nothing. What it makes of the text counts only when `emitYaml` makes the same text
 * of it. That is proof: `parseYaml(emitYaml(v))` is `v` (the tree rests on that, and tests of ours hold five readers to it), so
 * where `emitYaml(v)` is the text, `parseYaml(text)` is `v`. It holds for each `v` that `emitYaml` writes without loss, and the
 * reader makes no other:
 * - Nothing is undefined, no map has a prototype of its own, and `__proto__` becomes a key like any other.
 * - `-0` would be written as `0`, an integer with more digits than a number keeps in other digits, `1.0`, `1e3` and `0x1f` as
 *   `1`, `1000` and `31`: each is another text.
 * - What is quoted without need, or plain where it means something else (`yes`, `1_000`, `<<`, a date), is written the other way,
 *   and so is what a comment follows.
 * - A key that is set twice is written once; keys in another order are written sorted.
 * - Keys are set in the order of the text, as `parseYaml` sets them, so that JavaScript orders both maps alike, number-like keys too.
 *
 * What `parseYaml` refuses for its size or depth is given up here as well: `emitYaml` counts levels as it does. The reader counts those
 * that it goes into, so that a text of nothing but dashes ends there.
 */
export function tryParseEmitted(text: string): unknown {
  if (text.length > LONGEST || Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
    return undefined;
  }
  try {
    const value = new EmittedReader(text).document();
    return emitYaml(value) === text ? value : undefined;
  } catch {
    // Not as emitted, an escape that JSON does not have, or nothing that can be written: `parseYaml` says what is wrong, if anything is.
    return undefined;
  }
}

class EmittedReader {
  private position = 0;
  /** Blanks before the line that is read next; -1 at the end of the text. */
  private indent = 0;

  constructor(private readonly text: string) {}

  public document(): unknown {
    const value = this.node(0, 0);
    if (this.indent !== -1) {
      throw OTHERWISE;
    }
    return value;
  }

  /** What may follow a dash; `column` is where it starts. */
  private node(column: number, level: number): unknown {
    if (this.isItem()) {
      return this.list(column, level);
    }
    const key = this.tryFindKey(column);
    return key === undefined ? this.scalar(column) : this.map(column, level, key);
  }

  private list(column: number, level: number): unknown[] {
    if (level >= MAX_DEPTH) {
      throw OTHERWISE;
    }
    const list: unknown[] = [];
    do {
      this.position += 2;
      list.push(this.node(column + 2, level + 1));
    } while (this.indent === column && this.isItem());
    return list;
  }

  private map(column: number, level: number, first: string): Record<string, unknown> {
    if (level >= MAX_DEPTH) {
      throw OTHERWISE;
    }
    const map: Record<string, unknown> = {};
    for (let key: string | undefined = first; key !== undefined; key = this.tryFindKey(column)) {
      setOwn(map, key, this.value(column, level + 1));
      if (this.indent !== column || this.isItem()) {
        return map;
      }
    }
    throw OTHERWISE;
  }

  /** What follows the colon of a key in `column`. */
  private value(column: number, level: number): unknown {
    if (this.text.charCodeAt(this.position) === SPACE) {
      this.position++;
      return this.scalar(column + 2);
    }
    this.startLine(this.position + 1);
    if (this.indent === column && this.isItem()) {
      return this.list(column, level);
    }
    const key = this.indent === column + 2 ? this.tryFindKey(column + 2) : undefined;
    if (key === undefined) {
      throw OTHERWISE;
    }
    return this.map(column + 2, level, key);
  }

  /** The key that starts here; steps behind its colon. Undefined when none does. */
  private tryFindKey(column: number): string | undefined {
    const { text, position: start } = this;
    const first = text.charCodeAt(start);
    if (first === QUESTION) {
      return this.longKey(column);
    }
    const line = this.lineEnd();
    let end = first === QUOTE ? this.quoteEnd(line) : start;
    while (first !== QUOTE && end < line && !this.isKeyEnd(end)) {
      end++;
    }
    if (!this.isKeyEnd(end)) {
      return undefined;
    }
    this.position = end + 1;
    return first === QUOTE ? this.unquoted(start, end) : text.slice(start, end);
  }

  /** A key with a line of its own, after `? `; the next line starts with its colon. */
  private longKey(column: number): string {
    this.position += 2;
    const key = this.inline();
    if (this.indent !== column || this.text.charCodeAt(this.position) !== COLON) {
      throw OTHERWISE;
    }
    this.position++;
    return key;
  }

  /** A scalar or an empty list or map, to the end of the line; the lines of a literal block start with `pad` blanks. */
  private scalar(pad: number): unknown {
    const first = this.text.charCodeAt(this.position);
    if (first === BAR) {
      return this.block(' '.repeat(pad));
    }
    const text = this.inline();
    if (first === DASH || (first >= ZERO && first <= NINE)) {
      const number = Number(text);
      return Number.isFinite(number) ? number : text;
    }
    const word = first !== QUOTE && text.length <= LONGEST_WORD ? WORDS.get(text) : undefined;
    return word ? word() : text;
  }

  /** A string without quotes, or in double quotes, to the end of the line. */
  private inline(): string {
    const start = this.position;
    const end = this.lineEnd();
    this.startLine(end + 1);
    return this.text.charCodeAt(start) === QUOTE ? this.unquoted(start, end) : this.text.slice(start, end);
  }

  private block(pad: string): string {
    const { text } = this;
    const headerEnd = this.lineEnd();
    const start = headerEnd + 1;
    let end = start;
    while (text.startsWith(pad, end) || text.charCodeAt(end) === NEWLINE) {
      end = text.indexOf('\n', end) + 1;
      if (end === 0) {
        throw OTHERWISE;
      }
    }
    this.startLine(end);
    const isStripped = text.charCodeAt(headerEnd - 1) === DASH;
    return text.slice(start + pad.length, isStripped ? end - 1 : end).replaceAll(`\n${pad}`, '\n');
  }

  /** The string in the double quotes between two places. */
  private unquoted(start: number, end: number): string {
    const inner = this.text.slice(start + 1, end - 1);
    return inner.includes('\\') ? JSON.parse(this.text.slice(start, end)) as string : inner;
  }

  /** Behind the quote that closes the one here. */
  private quoteEnd(line: number): number {
    for (let i = this.position + 1; i < line; i++) {
      const char = this.text.charCodeAt(i);
      if (char === QUOTE) {
        return i + 1;
      }
      if (char === BACKSLASH) {
        i++;
      }
    }
    throw OTHERWISE;
  }

  private isKeyEnd(place: number): boolean {
    const next = this.text.charCodeAt(place + 1);
    return this.text.charCodeAt(place) === COLON && (next === SPACE || next === NEWLINE);
  }

  private isItem(): boolean {
    return this.text.charCodeAt(this.position) === DASH && this.text.charCodeAt(this.position + 1) === SPACE;
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.position);
    if (end < 0) {
      throw OTHERWISE;
    }
    return end;
  }

  private startLine(start: number): void {
    let position = start;
    while (this.text.charCodeAt(position) === SPACE) {
      position++;
    }
    this.indent = position < this.text.length ? position - start : -1;
    this.position = position;
  }
}
