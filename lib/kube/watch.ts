import type { Impersonation } from './access';
import { ApiError, type StatusDetails } from './api-error';
import type { KubeRequest } from './connection';
import type { KubeObject } from './health';
import { metadataOnly } from './metadata-only';
import { type Resource, resourcePath } from './resource';

export interface WatchOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** What came after it is told. Absent: all objects there are come first, as ADDED. */
  readonly resourceVersion?: string;
  /** All objects there are come first, of one point in time, and then the bookmark of `isInitialEnd`: a list that is read as it comes. @default false */
  readonly initialEvents?: boolean;
  /** The objects come without their content. @default false */
  readonly metadataOnly?: boolean;
  /** How long the server shall keep it open, and half as long again at most. @default 300 */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  readonly impersonate?: Impersonation;
}

/** One line of a watch. */
export interface WatchEvent {
  /** BOOKMARK: nothing has changed up to the version of its object, which has nothing else. DELETED also comes when an object leaves the selection. */
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** With `apiVersion` and `kind`. */
  readonly object: KubeObject;
}

/** `Status` of an event ERROR. */
interface EventStatus {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: StatusDetails;
}

const TIMEOUT_SECONDS = 300;
/** The server ends a watch in time; what is silent for longer is dead. */
const GRACE_MS = 2_000;

/** The request of a watch, and how long it may be silent. */
export function watchRequest(
  resource: Resource, options: WatchOptions, random = Math.random,
): { readonly request: KubeRequest; readonly silenceMs: number } {
  // Watches that were opened together shall not end together.
  const seconds = Math.ceil((options.timeoutSeconds ?? TIMEOUT_SECONDS) * (1 + random() / 2));
  return {
    // Bookmarks come about once a minute, but no server promises them: only the end is sure.
    silenceMs: seconds * 1000 + GRACE_MS,
    request: {
      method: 'GET',
      path: resourcePath(resource, { namespace: options.namespace }),
      query: {
        watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: String(seconds),
        labelSelector: options.labelSelector, resourceVersion: options.resourceVersion,
        ...(options.initialEvents ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' } : {}),
      },
      accept: options.metadataOnly ? metadataOnly('PartialObjectMetadata') : undefined,
      signal: options.signal,
      impersonate: options.impersonate,
    },
  };
}

/**
 * Reads one line of a watch.
 *
 * @throws ApiError for an event ERROR, with the status that it tells (410: the version is too old), and for what is no event
 */
export function readEvent(request: KubeRequest, line: string): WatchEvent {
  let event: { readonly type?: string; readonly object?: unknown } | null;
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw invalid(request, 'an event of the watch is cut off or no JSON', cause);
  }
  if (event?.type === 'ERROR') {
    const { code = 500, reason, message, details } = (event.object ?? {}) as EventStatus;
    throw new ApiError({
      status: code, request, reason: reason || undefined, message: message || `the watch ended with ${code}`, details, contentType: 'application/json',
    });
  }
  if (!isEvent(event)) {
    throw invalid(request, 'a line of the watch is no event');
  }
  return event;
}

/** Whether all objects that there were have come (KEP-3157). */
export function isInitialEnd({ type, object }: WatchEvent): boolean {
  return type === 'BOOKMARK' && object.metadata?.annotations?.['k8s.io/initial-events-end'] === 'true';
}

function isEvent(event: { readonly type?: string; readonly object?: unknown } | null): event is WatchEvent {
  return ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'].includes(event?.type ?? '') && typeof event?.object === 'object' && event.object !== null;
}

function invalid(request: KubeRequest, message: string, cause?: unknown): ApiError {
  return new ApiError({ status: 200, request, code: 'INVALID_REPLY', message, cause });
}
