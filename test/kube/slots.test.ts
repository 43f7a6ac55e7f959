import { Slots } from '../../lib/kube/slots';

const SEVERAL = 200;
/** A process that never has time to spare, and one that always has. */
const busy = { take: () => false };
const idle = { take: () => true };
const turn = async () => new Promise(resolve => setImmediate(resolve));

/** Asks for places at once; tells how many were given so far. */
function ask(slots: Slots, number: number, signal?: AbortSignal): { given: () => number; answers: Promise<boolean>[] } {
  let given = 0;
  const answers = Array.from({ length: number }, async () => {
    const taken = await slots.take([signal]);
    if (taken) given++;
    return taken;
  });
  return { given: () => given, answers };
}

test.each([
  ['one place for little work', 24, 20, 1],
  ['another one for as much work as is worth its handshake', 50, 20, 2],
  ['more for more', SEVERAL, 20, 8],
  ['never more than there may be', SEVERAL, 3, 3],
])('a busy process has %s', async (_title, requests, most, places) => {
  const { given } = ask(new Slots(most, busy), requests);
  await turn();
  expect(given()).toBe(places);
});

test('who waits in a process that has time gets a place, as far as there may be places', async () => {
  const { given, answers } = ask(new Slots(20, idle), 30);
  await Promise.all(answers.slice(0, 20));
  await turn();
  expect(given()).toBe(20);
});

test('the places that time allows are counted by who has it to spare', async () => {
  let spare = 2;
  const slots = new Slots(20, { take: () => spare-- > 0 });
  const { given, answers } = ask(slots, 10);
  await Promise.all(answers.slice(0, 3));
  await turn();
  expect(given()).toBe(3);
});

test('a place that is given back goes to the one who waited longest', async () => {
  const slots = new Slots(1, busy);
  const order: number[] = [];
  const users = [0, 1, 2].map(async number => {
    await slots.take([]);
    order.push(number);
    slots.release();
  });
  await Promise.all(users);
  expect(order).toEqual([0, 1, 2]);
});

test('who leaves while he waits takes no place from the others', async () => {
  const slots = new Slots(1, busy);
  await slots.take([]);
  const end = new AbortController();
  const left = slots.take([end.signal]);
  const stays = slots.take([]);
  end.abort();
  expect(await left).toBe(false);
  slots.release();
  expect(await stays).toBe(true);
  expect(await slots.take([end.signal])).toBe(false);
});

test('places whose sockets were closed meanwhile are asked for anew', async () => {
  const slots = new Slots(20, busy);
  const before = ask(slots, SEVERAL);
  await turn();
  expect(before.given()).toBe(8);
  for (let i = 0; i < SEVERAL; i++) {
    slots.release();
    await turn();
  }
  expect(before.given()).toBe(SEVERAL);

  const soon = ask(slots, 10);
  await turn();
  expect(soon.given()).toBe(8);
  for (let i = 0; i < 10; i++) {
    slots.release();
    await turn();
  }

  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
  try {
    const later = ask(slots, 10);
    await turn();
    expect(later.given()).toBe(1);
  } finally {
    now.mockRestore();
  }
});
