/** One cause in the details of a `Status`. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  /** Path of the field: `spec.template.spec.containers[0].image`; for an object's conflict `.spec.replicas`. */
  readonly field?: string;
}

/** `details` of a `Status`. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The plural for most errors (`configmaps`), the kind for validation errors (`ConfigMap`): as the server wrote it. */
  readonly kind?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface ApiErrorProps {
  /** HTTP status; 0 without a reply. */
  readonly status: number;
  readonly message: string;
  readonly request: { readonly method: string; readonly path: string };
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: string;
  readonly contentType?: string;
  readonly cause?: unknown;
}

/** What an API server answered instead of what was asked for, or that it did not answer. */
export class ApiError extends Error {
  /** HTTP status; 0 when there is no reply: network, TLS, timeout, aborted. */
  public readonly status: number;
  /** `NotFound`, `Conflict`, …: the reason of the `Status`, where the reply is one and has one. */
  public readonly reason?: string;
  public readonly details?: StatusDetails;
  /** What was asked, without its parameters. */
  public readonly request: { readonly method: string; readonly path: string };
  /** Without a reply: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `TIMEOUT`, `ABORTED`, … */
  public readonly code?: string;
  /** Media type of the reply, without parameters. A `404` of `text/plain` comes from the server's router, not from a resource. */
  public readonly contentType?: string;

  constructor(props: ApiErrorProps) {
    super(props.message, { cause: props.cause });
    this.name = 'ApiError';
    this.status = props.status;
    this.reason = props.reason;
    this.details = props.details;
    this.request = { method: props.request.method, path: props.request.path };
    this.code = props.code;
    this.contentType = props.contentType;
  }
}
