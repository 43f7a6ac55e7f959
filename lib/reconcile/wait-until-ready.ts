import { setTimeout as sleep } from 'node:timers/promises';
import { KindReading, ObjectState, ReadinessReader, stateOf, statesOf } from './readiness';
import type { Collection } from '../kube/collection';
import { Deadline } from '../kube/deadline';
import type { ObjectList } from '../kube/list';
import type { HealthRule } from '../rules/health-rule';
import { formatIdentity, ObjectIdentity } from '../tree/manifest';

/** A kind that can be followed, and objects of it that somebody waits for. */
type Followed = KindReading & { readonly collection: Collection; readonly list: ObjectList };

/**
 * Waits until every object is ready, one of them has failed for good, or time is up; returns the last states.
 *
 * The kinds that are not ready yet are followed by a watch. Where one cannot be, all are read again and again.
 */
export async function waitUntilReady(
  reader: ReadinessReader, ids: readonly ObjectIdentity[], setId: string, deadline: number, signal?: AbortSignal,
): Promise<ObjectState[]> {
  for (let delay = 100; ; delay = Math.min(delay * 1.5, 2000)) {
    const kinds = await reader.readKinds(ids);
    const states = statesOf(ids, setId, kinds, reader.rulesOf(setId));
    if (isSettled(states) || Date.now() >= deadline) {
      return states;
    }
    const unready = new Set(states.filter(state => !state.ready && !state.unreadable).map(state => state.key));
    const waited = [...kinds.values()].filter(kind => kind.ids.some(id => unready.has(formatIdentity(id))));
    const settled = waited.every(canFollow) ? await follow(waited, states, { setId, rules: reader.rulesOf(setId) }, deadline, signal) : undefined;
    if (settled) {
      return settled;
    }
    await sleep(Math.min(delay, Math.max(0, deadline - Date.now())), undefined, { signal });
  }
}

/** Looks at each change of some kinds until all is settled or time is up; undefined when one of them can no longer be followed. */
async function follow(
  kinds: readonly Followed[], first: readonly ObjectState[], of: { readonly setId: string; readonly rules: readonly HealthRule[] }, deadline: number,
  signal: AbortSignal | undefined,
): Promise<ObjectState[] | undefined> {
  signal?.throwIfAborted();
  const states = new Map(first.map(state => [state.key, state]));
  const ends: (() => void)[] = [];
  try {
    return await new Promise((resolve, reject) => {
      const finish = (): void => resolve([...states.values()]);
      const timer = new Deadline(deadline - Date.now(), [signal], why => why === 'time' ? finish() : reject(signal?.reason));
      ends.push(() => timer.clear());
      for (const { ids, collection, list } of kinds) {
        const own = new Set(ids.map(formatIdentity));
        const look = (keys: ReadonlySet<string>): void => {
          const concerned = [...keys].filter(key => own.has(key));
          for (const key of concerned) {
            states.set(key, stateOf(key, collection.objects.get(key), of.setId, of.rules));
          }
          if (concerned.length > 0 && isSettled([...states.values()])) finish();
        };
        ends.push(collection.follow(list, { changed: look, lost: () => resolve(undefined) }));
        // Others may follow it for long: what it knows may be newer than the list.
        look(own);
      }
    });
  } finally {
    for (const end of ends) end();
  }
}

function canFollow(kind: KindReading): kind is Followed {
  return kind.collection !== undefined && kind.list !== 'forbidden' && kind.collection.canFollow(kind.list);
}

/** Nothing is left to wait for. */
function isSettled(states: readonly ObjectState[]): boolean {
  return states.every(state => state.ready || state.unreadable) || states.some(state => state.failed);
}
