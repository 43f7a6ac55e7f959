import { causeOfLabelKey, causeOfLabelValue } from './label-syntax';

/** What a label has to be: `in` with one value stands for `=`. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | '!' | '>' | '<';
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, unknown>>;

/** A text that is no selector; the message is the parser's of Kubernetes. */
export class SelectorSyntaxError extends Error {}

/** Whether an object with these labels is meant. Absent labels count as none. */
export function matchesLabels(requirements: readonly LabelRequirement[], labels: Labels | undefined): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels?.[key];
    const there = typeof value === 'string';
    switch (operator) {
      case 'in': return there && values.includes(value);
      case 'notin': return !there || !values.includes(value);
      case 'exists': return there;
      case '!': return !there;
      default: return there && /^[+-]?\d+$/.test(value) && (operator === '>' ? BigInt(value) > BigInt(values[0]) : BigInt(value) < BigInt(values[0]));
    }
  });
}

/**
 * Parses `app=web,tier in (a,b),!old,n>1`; an empty text selects everything.
 *
 * @throws SelectorSyntaxError
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return new LabelSelectorParser(tokensOf(text)).parse();
}

interface Token {
  readonly kind: 'name' | 'end' | 'error' | 'in' | 'notin' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<';
  readonly text: string;
}

const SYMBOLS = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'] as const;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const blank = /^[ \t\r\n]+/.exec(rest);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const symbol = SYMBOLS.find(each => rest.startsWith(each));
    const found = symbol ?? /^[^=!(),><\s]+/.exec(rest)?.[0] ?? rest[0];
    tokens.push({ kind: symbol ?? (found === 'in' || found === 'notin' ? found : 'name'), text: found });
    at += found.length;
  }
  return [...tokens, { kind: 'end', text: '' }];
}

class LabelSelectorParser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): LabelRequirement[] {
    const found: LabelRequirement[] = [];
    for (;;) {
      const { kind, text } = this.look();
      if (kind === 'end') return sorted(found);
      if (kind !== 'name' && kind !== '!') throw new SelectorSyntaxError(`found '${text}', expected: !, identifier, or 'end of string'`);
      found.push(this.requirement());
      const next = this.take();
      if (next.kind === 'end') return sorted(found);
      if (next.kind !== ',') throw new SelectorSyntaxError(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.look();
      if (after.kind !== 'name' && after.kind !== '!') throw new SelectorSyntaxError(`found '${after.text}', expected: identifier after ','`);
    }
  }

  private requirement(): LabelRequirement {
    let token = this.take();
    const negated = token.kind === '!';
    if (negated) token = this.take();
    if (token.kind !== 'name') refuse(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const wrong = causeOfLabelKey(key);
    if (wrong) refuse(`<nil>: Invalid value: ${JSON.stringify(key)}: ${wrong}`);
    const { kind } = this.look();
    if (kind === 'end' || kind === ',') return { key, operator: negated ? '!' : 'exists', values: [] };
    const operator = this.operator();
    if (negated) return { key, operator: '!', values: [] };
    const values = operator === 'in' || operator === 'notin' ? this.values() : [this.value()];
    return checked(key, operator, values);
  }

  private operator(): Token['kind'] {
    const { kind, text } = this.take(true);
    if (['in', 'notin', '=', '==', '!=', '>', '<'].includes(kind)) return kind;
    return refuse(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
  }

  private value(): string {
    const { kind } = this.look();
    if (kind === 'end' || kind === ',') return '';
    const token = this.take();
    return token.kind === 'name' ? token.text : refuse(`found '${token.text}', expected: identifier`);
  }

  /** `(a,b)`; nothing between commas is the empty value. */
  private values(): string[] {
    const open = this.take();
    if (open.kind !== '(') refuse(`found '${open.text}' expected: '('`);
    const first = this.look();
    if (first.kind === ')') {
      this.take();
      return [''];
    }
    if (first.kind !== 'name' && first.kind !== ',') refuse(`found '${first.text}', expected: ',', ')' or identifier`);
    const found = new Set<string>();
    for (;;) {
      const token = this.take();
      if (token.kind === 'name') {
        found.add(token.text);
        const next = this.look();
        if (next.kind !== ',' && next.kind !== ')') refuse(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        const next = this.look().kind;
        if (found.size === 0 || next === ')' || next === ',') found.add('');
      } else {
        refuse(`found '${token.text}', expected: ',', or identifier`);
      }
      if (this.look().kind === ')') {
        this.take();
        return [...found].sort();
      }
    }
  }

  /** `in` and `notin` are names, save where an operator has to be. */
  private look(): Token {
    const token = this.tokens[this.at];
    return token.kind === 'in' || token.kind === 'notin' ? { ...token, kind: 'name' } : token;
  }

  private take(operator = false): Token {
    const token = operator ? this.tokens[this.at] : this.look();
    if (this.at < this.tokens.length - 1) this.at++;
    return token;
  }
}

function checked(key: string, operator: Token['kind'], values: readonly string[]): LabelRequirement {
  const errors: string[] = [];
  if (operator === '>' || operator === '<') {
    if (!/^[+-]?\d+$/.test(values[0])) errors.push(`values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`);
  }
  values.forEach((value, i) => {
    const wrong = causeOfLabelValue(value);
    if (wrong) errors.push(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong}`);
  });
  if (errors.length > 0) refuse(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`);
  if (operator === '>' || operator === '<') return { key, operator, values };
  return { key, operator: operator === 'notin' || operator === '!=' ? 'notin' : 'in', values };
}

function refuse(message: string): never {
  throw new SelectorSyntaxError(`unable to parse requirement: ${message}`);
}

function sorted(requirements: LabelRequirement[]): LabelRequirement[] {
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
