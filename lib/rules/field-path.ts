/** One step on the way to a field. */
export type Step =
  /** A field of a map. */
  | { readonly field: string }
  /** Items of a list: all, or those whose fields have these values. */
  | { readonly items: Readonly<Record<string, string>> };

/**
 * The way to a field of an object.
 *
 *     path     = name { "." name | "[" selector "]" }
 *     selector = "*" | quoted | key "=" value { "," key "=" value }
 *
 * `spec.replicas`, `webhooks[*].clientConfig.caBundle`, `spec.template.spec.containers[name=web].image`, `metadata.annotations["example.com/who"]`.
 * What holds dots, commas or brackets is written in double quotes. Lists have no numbers: an index would name another item as soon as somebody adds one.
 */
export interface FieldPath {
  readonly text: string;
  readonly steps: readonly Step[];
}

/** Why a text is no path. */
export interface PathProblem {
  readonly what: string;
}

const NAME = /[A-Za-z0-9_$-]+/y;
const QUOTED = /"((?:[^"\\]|\\["\\])*)"/y;
const VALUE = /[^\s"',=[\]]+/y;

/** What identifies an object, or marks it as ours, is not given up. */
const OURS = [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace'], ['metadata', 'labels', 'applyset.kubernetes.io/part-of']];

/** Reads one path. */
export function parseFieldPath(text: string): FieldPath | PathProblem {
  const cursor = new Cursor(text.trim());
  const read = readSteps(cursor);
  return !Array.isArray(read) ? read : cursor.atEnd ? finished(cursor.text, read) : { what: `has ${JSON.stringify(cursor.rest)} where a \`.\` or \`[\` should be` };
}

/** Reads the paths of an annotation, with commas between them. */
export function parseFieldPaths(text: string): readonly (FieldPath | PathProblem)[] {
  const cursor = new Cursor(text);
  const found: (FieldPath | PathProblem)[] = [];
  do {
    cursor.skipSpace();
    const start = cursor.at;
    const read = readSteps(cursor);
    const end = cursor.at;
    cursor.skipSpace();
    if (!Array.isArray(read)) {
      return [...found, read];
    }
    found.push(finished(text.slice(start, end), read));
  } while (cursor.take(','));
  return cursor.atEnd ? found : [...found, { what: `has ${JSON.stringify(cursor.rest)} where a \`.\`, \`[\` or \`,\` should be` }];
}

export function isPath(path: FieldPath | PathProblem): path is FieldPath {
  return 'steps' in path;
}

function finished(text: string, steps: readonly Step[]): FieldPath | PathProblem {
  const last = steps[steps.length - 1];
  if ('items' in last && Object.keys(last.items).length === 0) {
    return { what: 'ends in `[*]`: name the list itself' };
  }
  const isOurs = OURS.some(ours => steps.length <= ours.length && steps.every((step, i) => 'field' in step && step.field === ours[i]));
  return isOurs ? { what: 'holds what identifies the object' } : { text, steps };
}

function readSteps(cursor: Cursor): Step[] | PathProblem {
  const first = cursor.match(NAME);
  if (first === undefined) {
    return { what: cursor.atEnd ? 'is empty' : `has ${JSON.stringify(cursor.rest)} where a name should be` };
  }
  const steps: Step[] = [{ field: first[0] }];
  for (;;) {
    if (cursor.take('.')) {
      const name = cursor.match(NAME);
      if (name === undefined) {
        return { what: `has ${JSON.stringify(cursor.rest)} where a name should be` };
      }
      steps.push({ field: name[0] });
    } else if (cursor.take('[')) {
      const step = readSelector(cursor);
      if (step === undefined || !cursor.take(']')) {
        return { what: `has ${JSON.stringify(cursor.rest)} where \`*]\`, \`"key"]\` or \`key=value]\` should be` };
      }
      steps.push(step);
    } else {
      return steps;
    }
  }
}

function readSelector(cursor: Cursor): Step | undefined {
  if (cursor.take('*')) {
    return { items: {} };
  }
  const quoted = cursor.match(QUOTED);
  if (quoted !== undefined) {
    return { field: unquote(quoted[1]) };
  }
  const items: Record<string, string> = {};
  do {
    const key = cursor.match(NAME);
    if (key === undefined || !cursor.take('=')) {
      return undefined;
    }
    const text = cursor.match(QUOTED);
    const value = text === undefined ? cursor.match(VALUE)?.[0] : unquote(text[1]);
    if (value === undefined) {
      return undefined;
    }
    items[key[0]] = value;
  } while (cursor.take(','));
  return { items };
}

function unquote(text: string): string {
  return text.replace(/\\(["\\])/g, '$1');
}

/** A text, and how far it was read. */
class Cursor {
  public at = 0;

  constructor(public readonly text: string) {}

  public get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  public get rest(): string {
    return this.text.slice(this.at, this.at + 40);
  }

  public take(char: string): boolean {
    const found = this.text[this.at] === char;
    this.at += found ? 1 : 0;
    return found;
  }

  public match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found ?? undefined;
  }

  public skipSpace(): void {
    this.match(/\s*/y);
  }
}
