import { entriesOf, Literal, Range, readLiteral } from './literal';
import { Token, tokensOf } from './tokens';

/** What an overlay may say. */
const KEYS = ['where', 'values', 'remove', 'patch', 'images', 'replicas', 'labels', 'annotations', 'namespace', 'namePrefix', 'nameSuffix'];

/** What may be an overlay in the text of a program: a map in braces that has a key of one. */
export interface OverlayLiteral {
  readonly literal: Literal;
  /** `file:line:column` of its opening brace. */
  readonly site: string;
}

/** Where a name of a module comes from: a declaration in it, or another module. */
export type Declaration = { readonly range: Range } | { readonly from: string; readonly name: string };

/** The text of one file of a program. */
export class Module {
  public readonly tokens: readonly Token[];
  private readonly lines: number[] = [0];
  private imported?: ReadonlyMap<string, Declaration>;

  /** @param file Its name, for sites. */
  constructor(public readonly file: string, text: string) {
    this.tokens = tokensOf(text);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.lines.push(at + 1);
    }
  }

  /** `file:line:column` of a token. */
  public siteOf(index: number): string {
    const { start } = this.tokens[index];
    let line = this.lines.findIndex(begin => begin > start);
    line = line < 0 ? this.lines.length : line;
    return `${this.file}:${line}:${start - this.lines[line - 1] + 1}`;
  }

  /** The overlay whose literal begins at a token, if one does. */
  public tryOverlayAt(index: number): OverlayLiteral | undefined {
    const { text, partner } = this.tokens[index];
    if (text !== '{' || partner === undefined || partner < index) {
      return undefined;
    }
    const { values } = entriesOf(this.tokens, index);
    if (!KEYS.some(key => values.has(key))) {
      return undefined;
    }
    return { literal: readLiteral(this.tokens, { from: index, to: partner + 1 }), site: this.siteOf(index) };
  }

  /** What is between the brackets of the call at a line and column: `new Application(…)`. */
  public tryCallAt(line: number, column: number): Range | undefined {
    const [start, end] = [this.lines[line - 1], this.lines[line] ?? Infinity];
    const onLine = this.tokens.flatMap((token, index) => (token.start >= start && token.start < end ? [index] : []));
    const exact = onLine.find(index => this.tokens[index].start === start + column - 1);
    const first = exact ?? onLine.find(index => this.tokens[index].text === 'new') ?? onLine[0];
    for (let at = first ?? this.tokens.length; at < this.tokens.length; at++) {
      const { text, partner } = this.tokens[at];
      if (text === '(' && partner !== undefined) {
        return { from: at + 1, to: partner };
      }
    }
    return undefined;
  }

  /** The value of the first key of this name in a map inside of a part of the program. */
  public tryValueOf(key: string, { from, to }: Range): Range | undefined {
    for (let at = from; at < to; at++) {
      const { text, partner } = this.tokens[at];
      if (text === '{' && partner !== undefined) {
        const { values } = entriesOf(this.tokens, at);
        if (values.has(key)) {
          return values.get(key);
        }
        at = partner;
      }
    }
    return undefined;
  }

  /** Where a name comes from that is used in the module. */
  public tryDeclaration(name: string): Declaration | undefined {
    return this.tryOwn(name) ?? (this.imported ??= this.readImports()).get(name);
  }

  /** Modules whose names it hands on, all of them: `export * from './service'`. */
  public get handedOn(): readonly string[] {
    return this.tokens.flatMap(({ text }, at) => (text === 'export' && this.tokens[at + 1]?.text === '*' && this.tokens[at + 2]?.text === 'from' ? [this.textAt(at + 3)] : []));
  }

  /** Modules that it names: `from './service'`, `require('./service')`, `import('./service')`. */
  public get named(): readonly string[] {
    return this.tokens.flatMap(({ kind }, at) => {
      const [before, last] = [this.tokens[at - 2]?.text, this.tokens[at - 1]?.text];
      return kind === 'text' && (last === 'from' || last === 'import' || (last === '(' && (before === 'require' || before === 'import'))) ? [this.textAt(at)] : [];
    });
  }

  private tryOwn(name: string): Declaration | undefined {
    for (let at = 0; at < this.tokens.length - 1; at++) {
      const { text } = this.tokens[at];
      if (this.tokens[at + 1].text !== name) {
        continue;
      }
      if (text === 'const' || text === 'let' || text === 'var') {
        return { range: { from: at + 2, to: this.endOfStatement(at + 2) } };
      }
      if (text === 'function' || text === 'class') {
        return { range: { from: at + 2, to: this.endOfBody(at + 2) } };
      }
    }
    return undefined;
  }

  private readImports(): Map<string, Declaration> {
    const found = new Map<string, Declaration>();
    this.tokens.forEach(({ text, partner }, at) => {
      if (text !== '{' || partner === undefined || partner < at) {
        return;
      }
      const isRequire = this.tokens[partner + 2]?.text === 'require';
      const module = this.tokens[partner + 1]?.text === 'from' ? partner + 2 : isRequire ? partner + 4 : undefined;
      if (module === undefined || this.tokens[module]?.kind !== 'text') {
        return;
      }
      for (let name = at + 1; name < partner; name++) {
        const renamed = ['as', ':'].includes(this.tokens[name + 1].text);
        if (this.tokens[name].kind === 'word' && this.tokens[name].text !== 'type') {
          found.set(this.tokens[renamed ? name + 2 : name].text, { from: this.textAt(module), name: this.tokens[name].text });
          name += renamed ? 2 : 0;
        }
      }
    });
    return found;
  }

  private endOfStatement(from: number): number {
    for (let at = from; at < this.tokens.length; at++) {
      const { text, partner } = this.tokens[at];
      if (text === ';' || (partner !== undefined && partner < at) || (at > from && ['const', 'let', 'var', 'export', 'import'].includes(text))) {
        return at;
      }
      at = partner !== undefined && partner > at ? partner : at;
    }
    return this.tokens.length;
  }

  private endOfBody(from: number): number {
    for (let at = from; at < this.tokens.length; at++) {
      const { text, partner } = this.tokens[at];
      // Braces after a colon are the type of what it returns.
      if (text === '{' && this.tokens[at - 1].text !== ':') {
        return (partner ?? at) + 1;
      }
      at = partner !== undefined && partner > at ? partner : at;
    }
    return this.tokens.length;
  }

  private textAt(index: number): string {
    return this.tokens[index]?.text.slice(1, -1) ?? '';
  }
}
