import { setTimeout as sleep } from 'node:timers/promises';
import { SpareTime } from '../../lib/kube/spare-time';

function work(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** Rests until a socket may be opened. */
async function untilSpare(time: SpareTime): Promise<void> {
  while (!time.take()) await sleep(15);
}

test('a process that rests has time to spare', async () => {
  await untilSpare(new SpareTime());
});

test('one that works has none', async () => {
  const time = new SpareTime();
  await untilSpare(time);
  work(40);
  expect(time.take()).toBe(false);
});

test('after long work and no look, nobody knows: no', async () => {
  const time = new SpareTime();
  await untilSpare(time);
  await sleep(600);
  expect(time.take()).toBe(false);
});

test('no more sockets are given at once than a busy moment would take', async () => {
  const time = new SpareTime();
  await untilSpare(time);
  let given = 1;
  while (given < 100 && time.take()) given++;
  expect(given).toBeGreaterThanOrEqual(20);
  expect(given).toBeLessThan(100);
});
