/** Of one application: more than a connection sends at a time, so that it never waits for us. */
export const OBJECTS_AT_A_TIME = 40;

/**
 * Like `Promise.all(items.map(action))`, with so many under way at a time. The requests have a limit of their own; this is for the memory of all that waits for
 * it: ten thousand promises with all that they hold are more than the objects themselves.
 */
export async function atATime<T, R>(limit: number, items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      results[i] = await action(items[i]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
