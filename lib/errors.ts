/**
 * Where an error comes from. Every part is optional; what is known is shown.
 */
export interface ErrorLocation {
  /** Path of the construct, as `node.path` gives it: `shop/web`. */
  readonly construct?: string;
  /** Where the construct was created or the value was written: `fleet.ts:12:3`. */
  readonly source?: string;
  /** Name of the cluster. */
  readonly cluster?: string;
  /** Name of the application. */
  readonly application?: string;
  /** The Kubernetes object, as `Deployment.apps shop/web`. */
  readonly object?: string;
  /** Path of a file, in the committed tree or on disk. */
  readonly file?: string;
  /** The commit that was read. */
  readonly commit?: string;
}

export interface FlotillaErrorProps {
  /** One sentence that names the object and the value, without a full stop. */
  readonly what: string;
  /** Where it comes from. */
  readonly where?: ErrorLocation;
  /** What the reader can do about it: an imperative sentence. */
  readonly fix: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** The errors of one run, when this one stands for several. */
  readonly errors?: readonly FlotillaError[];
}

/**
 * The one error type of the library: a stable code, what happened, where it comes from and what to do.
 *
 * The codes are explained in `docs/errors.md`.
 */
export class FlotillaError extends Error {
  /**
   * One error that stands for all that were collected; the error itself when there is one alone.
   */
  public static all(errors: readonly FlotillaError[]): FlotillaError {
    if (errors.length === 1) {
      return errors[0];
    }
    return new FlotillaError(errors[0].code, {
      what: `${errors.length} errors`, fix: 'mend each of them', errors: errors.flatMap(e => e.errors),
    });
  }

  /** Stable code, `FLT` and four digits. */
  public readonly code: string;
  /** One sentence that names the object and the value. */
  public readonly what: string;
  /** Where it comes from. */
  public readonly where: ErrorLocation;
  /** What to do. */
  public readonly fix: string;
  /** The errors that were collected in one run; just this one, if there was one. */
  public readonly errors: readonly FlotillaError[];

  constructor(code: string, props: FlotillaErrorProps) {
    super(props.errors ? props.errors.map(e => e.message).join('\n') : describe(code, props), props.cause === undefined ? undefined : { cause: props.cause });
    this.name = 'FlotillaError';
    this.code = code;
    this.what = props.what;
    this.where = props.where ?? {};
    this.fix = props.fix;
    this.errors = props.errors ?? [this];
    // The message says all of it; Node would print each of them once more below an uncaught error.
    for (const key of ['what', 'where', 'fix', 'errors'] as const) {
      Object.defineProperty(this, key, { enumerable: false });
    }
    if (props.errors) {
      // Somebody who runs `node fleet.js` sees the collected errors, not our frames.
      this.stack = `${this.name}: ${props.what}\n${this.message}`;
    }
  }

  /** A plain object for `-o json`. */
  public toJSON(): { code: string; what: string; where: ErrorLocation; fix: string; cause?: string } {
    const cause = causeText(this.cause);
    return { code: this.code, what: this.what, where: this.where, fix: this.fix, ...(cause ? { cause } : {}) };
  }
}

/** The message of an error, whatever was thrown. */
export function causeText(cause: unknown): string | undefined {
  if (cause === undefined || cause === null) {
    return undefined;
  }
  return cause instanceof Error ? cause.message : String(cause);
}

function describe(code: string, props: FlotillaErrorProps): string {
  const lines = [`${code} ${props.what}`];
  const where = Object.entries(props.where ?? {}).filter(([, value]) => value !== undefined).map(([key, value]) => `${key} ${value}`);
  if (where.length > 0) {
    lines.push(`  at  ${where.join(', ')}`);
  }
  const cause = causeText(props.cause);
  if (cause && !props.what.includes(cause)) {
    lines.push(`  why ${cause.trim().replace(/\n/g, '\n      ')}`);
  }
  lines.push(`  fix ${props.fix}`);
  return lines.join('\n');
}
