import { ApiError, type StatusDetails } from './api-error';
import type { KubeReply, KubeRequest } from './connection';
import type { RawReply } from './exchange';

/** `Status` of meta/v1: how an API server explains an error. */
interface Status {
  readonly kind: 'Status';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
}

/**
 * Reads a reply.
 *
 * @throws ApiError for a status of 300 and above, and for a page of HTML or broken JSON in place of an answer
 */
export function readReply<T>(request: KubeRequest, reply: RawReply): KubeReply<T> {
  const type = mediaType(reply);
  const isJson = type.endsWith('json');
  const body = isJson ? parse(reply.text) : reply.text;
  const unreadable = (code: string, message: string) => new ApiError({ status: reply.status, request, contentType: type, code, message });
  if (reply.status >= 300) {
    throw refusal(request, reply, type, body);
  }
  if (body === undefined) {
    throw unreadable('INVALID_REPLY', 'the reply is cut off or no JSON');
  }
  if (type === 'text/html') {
    // A login page of what stands before the API server comes with a 200.
    throw unreadable('HTML_REPLY', 'the reply is a page of HTML: this is no API server, or something before it asks for a login');
  }
  return { status: reply.status, body: body as T, headers: reply.headers };
}

function refusal(request: KubeRequest, reply: RawReply, type: string, body: unknown): ApiError {
  const status: Partial<Status> = isStatus(body) ? body : {};
  const retryAfterSeconds = status.details?.retryAfterSeconds ?? retryAfter(reply);
  return new ApiError({
    status: reply.status,
    request,
    contentType: type,
    message: status.message || messageOf(body) || `the API server answered ${reply.status}`,
    // An empty reason is how some replies spell none.
    reason: status.reason || undefined,
    details: retryAfterSeconds === undefined ? status.details : { ...status.details, retryAfterSeconds },
  });
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && (body as { kind?: unknown }).kind === 'Status';
}

/** The message of a text, or of the JSON of something that is no API server. */
function messageOf(body: unknown): string | undefined {
  if (typeof body === 'string') {
    return body.startsWith('<') ? undefined : body.trim().slice(0, 1000);
  }
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}

function mediaType(reply: RawReply): string {
  const header = reply.headers['content-type'];
  return String(header ?? '').split(';')[0].trim().toLowerCase();
}

/** `Retry-After` in seconds; it may also be a date. */
function retryAfter(reply: RawReply): number | undefined {
  const header = String(reply.headers['retry-after'] ?? '').trim();
  if (header === '') return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
