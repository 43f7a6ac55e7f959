import { ApiError } from './api-error';
import type { KubeRequest } from './connection';
import { CredentialsError } from './credentials-error';

/** What undici calls by names of its own. */
const CODES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'TIMEOUT',
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_DESTROYED: 'ABORTED',
  UND_ERR_CLOSED: 'ABORTED',
  UND_ERR_PRX_TLS: 'ERR_TLS_CERT_ALTNAME_INVALID',
};

/** The error of a request that got no reply. */
export function noReply(request: KubeRequest, error: unknown): ApiError {
  const { code, message } = error instanceof CredentialsError ? { code: 'CREDENTIALS', message: error.message } : explain(error);
  return new ApiError({ status: 0, request, code, message, cause: error });
}

/** The request's time was over before its reply was there as a whole. */
export function timedOut(request: KubeRequest, milliseconds: number): ApiError {
  return new ApiError({ status: 0, request, code: 'TIMEOUT', message: `no whole reply within ${milliseconds / 1000} s` });
}

/** The caller gave up. */
export function aborted(request: KubeRequest): ApiError {
  return new ApiError({ status: 0, request, code: 'ABORTED', message: 'the request was given up' });
}

/** An error of Node or undici. Never known by its class: test runners give each file classes of its own. */
interface ForeignError {
  readonly code?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
  /** Of an AggregateError: a name with several addresses fails with one error for each. */
  readonly errors?: readonly unknown[];
}

function explain(error: unknown): { code: string; message: string } {
  const outer = foreign(error);
  const first = foreign(outer?.errors?.[0]) ?? outer;
  const code = codeOf(first) ?? codeOf(outer) ?? 'UNKNOWN';
  return { code: CODES[code] ?? code, message: first?.message || outer?.message || code };
}

/** The most exact code: a socket's error carries that of the system as its cause. */
function codeOf(error: ForeignError | undefined): string | undefined {
  return error && (codeOf(foreign(error.cause)) ?? (typeof error.code === 'string' ? error.code : undefined));
}

function foreign(error: unknown): ForeignError | undefined {
  return typeof error === 'object' && error !== null ? error : undefined;
}
