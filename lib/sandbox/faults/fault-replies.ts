import type { Fault, RequestInfo } from './fault';
import { StatusError } from '../status-error';

/** Instead of the reply that was due. */
export interface ErrorReply {
  readonly type: 'error';
  /** Retry-After stands in its details. */
  readonly error: StatusError;
  /** The real server answers this with plain text instead of a Status. */
  readonly plain?: string;
}

const WORDS: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  500: ['InternalError', 'Internal error occurred: a fault on request'],
  502: ['', 'bad gateway: a fault on request'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'Timeout: request did not complete within the allotted timeout'],
};

/** What a fault answers, in the words of the real server. */
export function errorReply(fault: Fault, { path }: RequestInfo): ErrorReply {
  const { kind, status, retryAfter = 1 } = fault;
  if (kind === 'throttle') {
    const message = 'Too many requests, please try again later.';
    return { type: 'error', error: new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds: retryAfter }), plain: `${message}\n` };
  }
  if (kind === 'unauthorized') return { type: 'error', error: new StatusError(401, 'Unauthorized', 'Unauthorized') };
  if (kind === 'gone' && (status ?? 404) === 404) {
    return { type: 'error', error: new StatusError(404, 'NotFound', 'the server could not find the requested resource'), plain: '404 page not found\n' };
  }
  if (kind === 'gone') {
    return { type: 'error', error: new StatusError(503, 'ServiceUnavailable', `service unavailable: ${path}`), plain: 'service unavailable\n' };
  }
  const code = status ?? 500;
  const [reason, message] = WORDS[code] ?? ['', 'a fault on request'];
  return { type: 'error', error: new StatusError(code, reason, message, code === 504 || code === 503 ? { retryAfterSeconds: retryAfter } : undefined) };
}

/** To a watch that asks for what is forgotten. */
export function expiredError(): StatusError {
  return new StatusError(410, 'Expired', 'too old resource version: 1 (2)');
}
