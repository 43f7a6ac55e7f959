import type { JsonMap } from './json';

/** One cause of a refusal, as it stands in `details.causes`. */
export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A reply that is not what was asked for: becomes the `Status` object that a client reads. */
export class StatusError extends Error {
  constructor(
    /** Of HTTP. */
    public readonly code: number,
    /** `NotFound`, `Invalid`, `Conflict`, …; empty where the real server says none. */
    public readonly reason: string,
    message: string,
    public readonly details?: StatusDetails,
  ) {
    super(message);
    this.name = 'StatusError';
  }

  public toStatus(): JsonMap {
    const { code, reason, message, details } = this;
    return {
      kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, ...(reason ? { reason } : {}),
      ...(details ? { details: JSON.parse(JSON.stringify(details)) } : {}), code,
    };
  }
}
