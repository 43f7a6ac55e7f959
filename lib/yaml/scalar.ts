/**
 * How one scalar is written so that every parser in the field reads the same value back: go-yaml v2 under
 * `sigs.k8s.io/yaml` (kubectl, Argo CD, Flux), go-yaml v3 (Kustomize), and parsers of YAML 1.2.
 */

/**
 * Printable outside of ASCII, and neither a line break of YAML 1.1 nor invisible. Invisible characters (no-break and
 * zero-width spaces, changes of text direction) are escaped, so that who reviews a commit sees what is applied. The
 * ranges are spelled out because the `\p{…}` classes grow with each Node, and the tree must not.
 */
const VISIBLE = '\\u00A1-\\u00AC\\u00AE-\\u167F\\u1681-\\u180D\\u180F-\\u1FFF\\u200C\\u200D\\u2010-\\u2027\\u2030-\\u205E' +
  '\\u2070-\\uD7FF\\uE000-\\uFDCF\\uFDF0-\\uFEFE\\uFF00-\\uFFEF\\uFFFC\\uFFFD';
const PAIR = '[\\uD800-\\uDBFF][\\uDC00-\\uDFFF]';

/**
 * What may start a plain scalar and is no indicator. A digit needs a character that no notation of a number, a date or
 * a time contains (`100m`, `25%`, `10.0.0.0/8`); a dot must not start a float of YAML 1.1 (`.5`, `.e3`, `.inf`).
 */
const FIRST = '(?:[A-Za-z_/$(\\\\^;' + VISIBLE + ']|' + PAIR +
  '|--?(?=[A-Za-z])' +
  '|\\.\\.?(?=/)|\\.(?=[A-Za-z])(?![eE][-+0-9]|[iI][nN][fF]$|[nN][aA][nN]$)' +
  '|[0-9](?=.*[g-npqrsuvwyG-NPQRSUVWY/%@=,]))';
/** No `: `, no ` #`, no colon or space at the end. */
const REST = '(?:[!-9;-~' + VISIBLE + ']|' + PAIR + '|:(?=[!-~])| +(?=[!"$-~' + VISIBLE + ']))*';
/** An exponent without digits before it: the `yaml` package reads it as a float of YAML 1.1. */
const EXPONENT = '-?[eE][-+]?[0-9]+$';
const PLAIN = new RegExp(`^(?!${EXPONENT})${FIRST}${REST}$`);
/** The common case of `PLAIN`, in a form that is quicker to run. */
const PLAIN_WORD = new RegExp(`^(?!${EXPONENT})[A-Za-z/][-A-Za-z0-9_./]*$`);
/** Booleans and nulls of YAML 1.1, in any case. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const LONGEST_WORD = 5;

const NOT_ASCII_TEXT = /[^\t\n -~]/;
const BLOCK_TEXT = new RegExp(`^(?:[\\t\\n -~${VISIBLE}]|${PAIR})*$`);
/** What JSON leaves as it is and YAML or a reader does not: all that is neither ASCII, visible nor half of a pair. */
const ESCAPED = new RegExp(`[^\\n -~${VISIBLE}\\uD800-\\uDFFF]`, 'g');

/** Whether a string can be written without quotes. */
export function isPlain(text: string): boolean {
  return (PLAIN_WORD.test(text) || PLAIN.test(text)) && !(text.length <= LONGEST_WORD && WORD.test(text));
}

/** The string in double quotes, on one line. */
export function quote(text: string): string {
  const json = JSON.stringify(text);
  return NOT_ASCII_TEXT.test(json) ? json.replace(ESCAPED, char => '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0')) : json;
}

/** The string on one line: plain where every parser reads it back, else in double quotes. */
export function inlineString(text: string): string {
  return isPlain(text) ? text : quote(text);
}

/**
 * The string as a literal block, without the last line break: `|-` and lines that start with `pad`.
 * Undefined when a block cannot hold it.
 */
export function literalBlock(text: string, pad: string): string | undefined {
  const end = text.length - 1;
  let last = end;
  while (last >= 0 && text.charCodeAt(last) === 10) {
    last--;
  }
  // Parsers disagree on a last line of blanks alone. Kustomize keeps the style but not the indicator where a tab comes
  // first, and then cannot read what it wrote itself.
  if (last < 0 || /^\n*\t/.test(text) || !/\S/.test(text.slice(text.lastIndexOf('\n', last) + 1, last + 1)) || (NOT_ASCII_TEXT.test(text) && !BLOCK_TEXT.test(text))) {
    return undefined;
  }
  // Without the indicator a parser would count the text's own leading blanks as indentation.
  const indicator = /^[\n ]/.test(text) ? '2' : '';
  const chomping = last === end ? '-' : end - last === 1 ? '' : '+';
  // A text that ends in line breaks needs no more than them: the last one is written by the caller.
  const body = last === end ? text : text.slice(0, end);
  return `|${indicator}${chomping}\n${pad}${body.replace(/\n(?=[^\n])/g, `\n${pad}`)}`;
}

/** A finite number: integers in full, since Go's parsers take `9e+18` for a float. */
export function formatNumber(value: number): string {
  if (Number.isSafeInteger(value)) {
    return String(value + 0);
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e21) {
    return BigInt(value).toString();
  }
  const text = String(value);
  // A float of YAML 1.1 has a dot.
  return /^-?[0-9]+e/.test(text) ? text.replace('e', '.0e') : text;
}
