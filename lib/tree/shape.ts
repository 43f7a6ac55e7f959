import { FlotillaError } from '../errors';

/** Names of fleets, clusters, applications, namespaces: RFC 1123, as Kubernetes has it for most names. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * Looks at the fields of a description that was parsed, and collects what is wrong with them.
 *
 * Fields that it is not asked for are tolerated: a newer minor version may add some.
 */
export class Shape {
  private readonly found: FlotillaError[] = [];

  constructor(private readonly value: unknown, private readonly file: string) {}

  /** All that was wrong, each an FLT3007. */
  public get errors(): readonly FlotillaError[] {
    return this.found;
  }

  public constant(path: string, expected: string): this {
    return this.check(path, value => value === expected, JSON.stringify(expected));
  }

  public text(path: string): this {
    return this.check(path, value => typeof value === 'string' && value !== '', 'a text');
  }

  public name(path: string): this {
    return this.check(path, isName, 'a name of [a-z0-9.-]');
  }

  public names(path: string): this {
    return this.check(path, value => Array.isArray(value) && value.every(isName) && new Set(value).size === value.length, 'a list of distinct names');
  }

  public list(path: string): this {
    return this.check(path, value => Array.isArray(value) && value.every(item => typeof item === 'string'), 'a list of texts');
  }

  public integer(path: string, least: number, most: number): this {
    return this.check(path, value => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
      most === Infinity ? `an integer from ${least} on` : `an integer from ${least} to ${most}`);
  }

  public boolean(path: string): this {
    return this.check(path, value => typeof value === 'boolean', 'true or false');
  }

  public map(path: string): this {
    return this.check(path, isMap, 'a map');
  }

  public texts(path: string): this {
    return this.check(path, value => isMap(value) && Object.values(value).every(item => typeof item === 'string'), 'a map of texts');
  }

  /** A field that may not be there; `why` says what speaks against it. */
  public absent(path: string, why: string): this {
    return this.check(path, value => value === undefined, `absent (${why})`);
  }

  /** Checks a field only where it is there. */
  public optional(path: string, check: (shape: this) => this): this {
    return at(this.value, path) === undefined ? this : check(this);
  }

  private check(path: string, test: (value: unknown) => boolean, expected: string): this {
    const value = at(this.value, path);
    if (!test(value)) {
      this.found.push(new FlotillaError('FLT3007', {
        what: `${path || 'the document'} has to be ${expected}, and is ${show(value)}`,
        where: { file: this.file },
        fix: 'mend the field, or synthesize the tree anew',
      }));
    }
    return this;
  }
}

/** A value of a parsed document by the names of its fields: `spec.prune.budget`. */
export function at(value: unknown, path: string): unknown {
  return path === '' ? value : path.split('.').reduce<unknown>((inner, key) => isMap(inner) ? inner[key] : undefined, value);
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value);
}

/** A value for a message, not longer than a line. */
export function show(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
