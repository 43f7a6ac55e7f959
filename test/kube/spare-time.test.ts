import { setTimeout as sleep } from 'node:timers/promises';
import { SpareTime } from '../../lib/kube/spare-time';

function work(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** Takes all there is; returns how many. */
function drain(time: SpareTime): number {
  let given = 0;
  while (given < 1000 && time.take()) given++;
  return given;
}

test('all sockets of one cluster may be opened at once, and no more', () => {
  const given = drain(new SpareTime());
  expect(given).toBeGreaterThanOrEqual(20);
  expect(given).toBeLessThan(40);
});

test('a process that works may open few more, one that rests many', async () => {
  const time = new SpareTime();
  drain(time);
  work(200);
  expect(drain(time)).toBeLessThan(10);
  let rested = 0;
  // Of a process that is hardly given any time, one moment may look busy.
  for (let i = 0; i < 5; i++) {
    await sleep(200);
    rested = Math.max(rested, drain(time));
  }
  expect(rested).toBeGreaterThanOrEqual(10);
});
