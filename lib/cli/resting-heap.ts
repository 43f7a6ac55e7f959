import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AgentListener } from '../reconcile/agent/events';

/** Room for garbage, in percent of what is in use: of 10,000 objects delivered, 170 MB at most instead of 240, for no more processor time. */
const ROOM_PERCENT = 10;
/** After so long without an event there is nothing to do, in milliseconds. */
const QUIET_MS = 8_000;
/** The first one frees what is left of the work. The second one finds that little was allocated since, and makes the young generation small. */
const COLLECTIONS = 2;
/** What is not worth a collection: a twelfth of a process at its smallest. */
const SLACK_BYTES = 8 * 2 ** 20;

/**
 * Has the memory of a process that stays for months be that of its rest: it takes room while there is work, and gives it back when there is none.
 *
 * V8 collects garbage when somebody asks for memory. A process that has delivered ten thousand objects and then waits for the next commit would keep the
 * room of its busiest second until then: 165 MB instead of 120. To collect more often all the time took half as much processor time again for a delivery.
 *
 * @param events tells of all that happens in the process
 */
export function keepHeapSmall(events: (listener: AgentListener) => void): void {
  setFlagsFromString(`--heap-growing-percent=${ROOM_PERCENT}`);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const working = new Set<string>();
  let collections = 0;
  let atRest = 0;
  const timer = setTimeout(() => {
    if (working.size > 0) {
      return;
    }
    const { rss } = process.memoryUsage;
    if (collections === COLLECTIONS) {
      // Only now: pages are given back a moment after a collection.
      atRest = rss();
      collections = 0;
    } else if (collections > 0 || rss() > atRest + SLACK_BYTES) {
      // Also moves together what is left of the pages.
      setFlagsFromString('--optimize-for-size');
      collect();
      setFlagsFromString('--no-optimize-for-size');
      collections++;
      timer.refresh();
    }
  }, QUIET_MS).unref();
  events(event => {
    if (event.type === 'queue' && event.depth > 0) {
      working.add(event.cluster);
    } else if (event.type === 'queue' || event.type === 'connection' && event.state === 'down') {
      working.delete(event.cluster);
    }
    collections = 0;
    timer.refresh();
  });
}
