import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Begins to count the peak memory of processes anew, where the system lets us. */
export function resetPeaks(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // Then the peak is that of the process's whole life.
    }
  }
}

/** Waits until the processes do next to nothing: no more than 20 ms of a core in 250 ms, three times in a row. */
export async function untilQuiet(pids: readonly number[], patience = 60_000): Promise<void> {
  const deadline = Date.now() + patience;
  let before = ticks(pids);
  for (let quiet = 0; quiet < 3 && Date.now() < deadline;) {
    await sleep(250);
    const now = ticks(pids);
    quiet = now - before <= 2 ? quiet + 1 : 0;
    before = now;
  }
}

/** Hundredths of a second that the processes have had a core, see proc(5). */
export function ticks(pids: readonly number[]): number {
  return pids.map(pid => {
    try {
      // The name may hold spaces; it ends with the last bracket.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()!.split(' ');
      return Number(fields[11]) + Number(fields[12]);
    } catch {
      return 0;
    }
  }).reduce((sum, value) => sum + value, 0);
}
