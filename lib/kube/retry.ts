import type { ApiError } from './api-error';
import { isTypedPatchFailure } from './classify';
import type { KubeRequest } from './connection';
import { growing } from './pauses';

export interface Attempt {
  /** Tries so far, this one included. */
  readonly tries: number;
  /** Since the first try began, in milliseconds. */
  readonly spentMs: number;
  /** Further tries that are allowed in all. */
  readonly retries: number;
  /** Whether this server has ever answered. */
  readonly answered: boolean;
}

/** No request waits and tries for longer. */
const BUDGET_MS = 30_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** A server that is on its way up or down. */
const CONNECT_CODES = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);
const LOST_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT', 'TIMEOUT', 'INVALID_REPLY']);

/** How long to wait before a request is sent again, in milliseconds; undefined: never again. */
export function pauseBefore(request: KubeRequest, error: ApiError, attempt: Attempt, random = Math.random): number | undefined {
  if (attempt.tries > attempt.retries || !mayHelp(request, error, attempt)) {
    return undefined;
  }
  const asked = (error.details?.retryAfterSeconds ?? 0) * 1000;
  const backoff = growing(FIRST_PAUSE_MS, attempt.tries, LONGEST_PAUSE_MS);
  // Those that were refused together shall not come back together. Never earlier than asked.
  const pause = Math.max(asked, backoff / 2) + backoff / 2 * random();
  return attempt.spentMs + pause < BUDGET_MS ? pause : undefined;
}

/** Whether it is safe to send the request again, and of use. */
function mayHelp(request: KubeRequest, error: ApiError, attempt: Attempt): boolean {
  if (error.status === 429) {
    // Refused before anything was done.
    return true;
  }
  if (error.status === 0 && CONNECT_CODES.has(error.code ?? '')) {
    // It never left. A server that has not answered yet is reported at once: a mistyped address must not cost half a minute.
    return attempt.answered;
  }
  if (!isRepeatable(request)) {
    return false;
  }
  if (error.code !== undefined) {
    return LOST_CODES.has(error.code) && (attempt.answered || error.code !== 'TIMEOUT');
  }
  const unavailable = error.status === 502 || error.status === 503 || error.status === 504;
  return unavailable || (error.status === 500 && error.details?.retryAfterSeconds !== undefined && !isTypedPatchFailure(error));
}

/** Whether the request, sent twice, does what it does once: reads, dry runs, server-side applies, and deletions with preconditions. */
function isRepeatable(request: KubeRequest): boolean {
  if (request.method === 'GET' || request.query?.dryRun !== undefined) {
    return true;
  }
  if (request.method === 'PATCH') {
    return request.contentType?.startsWith('application/apply-patch+') ?? false;
  }
  const body = request.body as { readonly preconditions?: { readonly uid?: string } } | undefined;
  return request.method === 'DELETE' && body?.preconditions?.uid !== undefined;
}
