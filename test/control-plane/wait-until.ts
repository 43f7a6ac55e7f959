import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** In ms. @default 30000 */
  readonly timeout?: number;
  /** In ms. @default 50 */
  readonly every?: number;
}

type Awaitable<T> = T | Promise<T>;

/** Asks again until there is an answer (anything but undefined and false), and throws with `what` and the last error when there is none in time. */
export async function waitUntil<T>(what: string, ask: () => Awaitable<T | undefined | false>, options: WaitOptions = {}): Promise<T> {
  const timeout = options.timeout ?? 30_000;
  const deadline = Date.now() + timeout;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (e) {
      if (e instanceof GivenUp) throw e;
      last = e;
    }
    await sleep(options.every ?? 50);
  }
  throw new Error(`waited ${timeout} ms in vain until ${what}${last instanceof Error ? `: ${last.message}` : ''}`);
}

/** Thrown by a question to end the wait: no later answer can be better. */
export class GivenUp extends Error {}
