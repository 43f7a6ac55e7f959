import type { StoredObject } from '../json';
import { StatusError } from '../status-error';
import { formatContinue, keyOfObject, parseContinue } from './continue-token';
import type { ListOptions } from './list-options';
import { badRequest, expired } from './refusals';
import { ForgottenRevisionError, type Store } from '../store/store';

export interface Page {
  readonly objects: readonly StoredObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** How long a revision that is not there yet is waited for, in ms. */
const PATIENCE = 3_000;

/**
 * Reads a page of a kind, as they are stored.
 *
 * @param newest what a reader takes for the newest revision: an older one where reads are stale
 * @throws StatusError
 */
export async function readPage(store: Store, kind: string, namespace: string | undefined, options: ListOptions, newest?: number): Promise<Page> {
  if (options.continue) {
    if (options.resourceVersion && options.resourceVersion !== '0') throw badRequest('specifying resource version is not allowed when using continue');
    const { revision, after } = parseContinue(options.continue);
    return page(readAt(store, revision, kind, namespace, after), revision < 0 ? store.revision : revision, options, after);
  }
  const wanted = parseRevision(options.resourceVersion, message => badRequest(`invalid resource version: ${message}`));
  if (wanted > store.revision) await waitFor(store, wanted);
  // Older clients ask for pages of a version without saying that they mean it.
  const exact = options.resourceVersionMatch === 'Exact' || (options.resourceVersionMatch === '' && options.limit > 0 && wanted > 0);
  if (exact && wanted > 0) return page(readAt(store, wanted, kind, namespace), wanted, options);
  // Never older than what is asked for.
  const stale = newest === undefined ? store.revision : Math.max(newest, wanted);
  if (stale < store.revision) return page(readAt(store, stale, kind, namespace), stale, options);
  const { name } = options.selects;
  const one = name !== undefined && namespace !== undefined ? store.tryFind(kind, namespace, name) : undefined;
  const objects = name !== undefined && namespace !== undefined ? (one ? [one] : []) : store.list(kind, namespace);
  return page(objects, store.revision, options);
}

/** @throws StatusError 504 when it does not come */
export async function waitFor(store: Store, revision: number): Promise<void> {
  if (await store.waitFor(revision, PATIENCE)) return;
  throw new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${revision}, current: ${store.revision}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1,
  });
}

/** 0 when none is given. */
export function parseRevision(text: string, refuse: (message: string) => StatusError): number {
  if (text === '') return 0;
  if (!/^\d+$/.test(text)) throw refuse(`resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function readAt(store: Store, revision: number, kind: string, namespace: string | undefined, after?: string): readonly StoredObject[] {
  if (revision < 0 || revision === store.revision) return store.list(kind, namespace);
  try {
    return store.listAt(revision, kind, namespace);
  } catch (e) {
    if (!(e instanceof ForgottenRevisionError)) throw e;
    if (after === undefined) throw expired('The resourceVersion for the provided list is too old.');
    // With it a client goes on without what changed meanwhile.
    throw new ExpiredContinueError(formatContinue({ revision: -1, after }));
  }
}

/** 410 with a token to go on with. */
export class ExpiredContinueError extends StatusError {
  constructor(private readonly token: string) {
    super(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.');
  }

  override toStatus() {
    return { ...super.toStatus(), metadata: { continue: this.token } };
  }
}

function page(all: readonly StoredObject[], revision: number, { limit, selects }: ListOptions, after?: string): Page {
  const rest = after === undefined ? all : all.filter(object => keyOfObject(object) > after);
  const matching = selects.all ? rest : rest.filter(object => selects.matches(object));
  const resourceVersion = String(revision);
  if (limit <= 0 || matching.length <= limit) return { objects: matching, resourceVersion };
  const objects = matching.slice(0, limit);
  return {
    objects, resourceVersion, continue: formatContinue({ revision, after: keyOfObject(objects[limit - 1]) }),
    // With a selector the server does not know how many are left.
    ...selects.all ? { remainingItemCount: matching.length - limit } : {},
  };
}
