/** A word, sign or literal of a program. */
export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'template' | 'regex' | 'sign';
  readonly text: string;
  /** Where it begins, in characters from the start of the file. */
  readonly start: number;
  /** Of a bracket: the index of its partner. */
  partner?: number;
}

const PATTERNS: readonly (readonly [Exclude<Token['kind'], 'template' | 'regex'> | undefined, RegExp])[] = [
  [undefined, /(?:\s|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))+/y],
  ['word', /[\p{ID_Start}$_#][\p{ID_Continue}$]*/yu],
  ['number', /(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?)n?/yi],
  ['text', /"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?/y],
  ['sign', /=>|\.\.\.|\?\.|\?\?=?|[=!]==?|&&|\|\||[^]/y],
];
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** After these, `/` begins a regular expression; after any other word, and after what ends a value, it divides. */
const BEFORE_VALUE = new Set(['return', 'typeof', 'case', 'in', 'of', 'do', 'else', 'void', 'delete', 'throw', 'new', 'await', 'yield']);
const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/**
 * Takes a JavaScript or TypeScript program apart, as far as it takes to tell code from texts and comments, and to see which brackets belong together.
 *
 * Templates are one token, whatever is in them. It knows nothing of types, and gives up on nothing: of a text that is no program it makes what it can.
 */
export function tokensOf(program: string): Token[] {
  const tokens: Token[] = [];
  const open: number[] = [];
  for (let at = 0; at < program.length;) {
    const token = readToken(program, at, tokens[tokens.length - 1]);
    at = token.end;
    if (token.kind === undefined) {
      continue;
    }
    const { kind, start } = token;
    tokens.push({ kind, start, text: program.slice(start, at) });
    pair(tokens, open);
  }
  return tokens;
}

function readToken(program: string, start: number, last: Token | undefined): { kind?: Token['kind']; start: number; end: number } {
  if (program[start] === '`') {
    return { kind: 'template', start, end: endOfTemplate(program, start) };
  }
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const found = pattern.exec(program);
    if (!found || found[0] === '') {
      continue;
    }
    REGEX.lastIndex = start;
    if (kind === 'sign' && found[0] === '/' && beginsValue(last) && REGEX.test(program)) {
      return { kind: 'regex', start, end: REGEX.lastIndex };
    }
    return { kind, start, end: pattern.lastIndex };
  }
  return { kind: 'sign', start, end: start + 1 };
}

function beginsValue(last: Token | undefined): boolean {
  return last === undefined || (last.kind === 'sign' && ![')', ']', '}'].includes(last.text)) || (last.kind === 'word' && BEFORE_VALUE.has(last.text));
}

function endOfTemplate(program: string, start: number): number {
  for (let at = start + 1; at < program.length; at++) {
    if (program[at] === '\\') {
      at++;
    } else if (program[at] === '`') {
      return at + 1;
    } else if (program.startsWith('${', at)) {
      at = endOfHole(program, at + 2);
    }
  }
  return program.length;
}

/** Where the `}` is that ends the code in a template. */
function endOfHole(program: string, start: number): number {
  let depth = 1;
  let last: Token | undefined;
  for (let at = start; at < program.length;) {
    const token = readToken(program, at, last);
    const text = program.slice(token.start, token.end);
    depth += text === '{' ? 1 : text === '}' ? -1 : 0;
    if (depth === 0) {
      return at;
    }
    last = token.kind === undefined ? last : { kind: token.kind, text, start: at };
    at = token.end;
  }
  return program.length;
}

function pair(tokens: Token[], open: number[]): void {
  const index = tokens.length - 1;
  const { kind, text } = tokens[index];
  if (kind !== 'sign') {
    return;
  }
  if ('([{'.includes(text)) {
    open.push(index);
  } else if (text in CLOSING && open.length > 0 && tokens[open[open.length - 1]].text === CLOSING[text]) {
    const partner = open.pop()!;
    tokens[index].partner = partner;
    tokens[partner].partner = index;
  }
}
