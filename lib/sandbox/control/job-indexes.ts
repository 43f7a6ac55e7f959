import type { Pod } from './objects';

const INDEX = 'batch.kubernetes.io/job-completion-index';

/** The number of a pod of an indexed Job. */
export function indexOf({ metadata }: Pod): number {
  return Number(metadata.annotations?.[INDEX] ?? -1);
}

/** `0-2,5` as numbers. */
export function parseIndexes(text = ''): number[] {
  return text.split(',').filter(part => part !== '').flatMap(part => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Numbers as `0-2,5`. */
export function formatIndexes(indexes: Iterable<number>): string {
  const runs: [first: number, last: number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`)).join();
}

/** The lowest that are neither done nor under way. */
export function nextIndexes(completions: number, count: number, done: ReadonlySet<number>, active: readonly Pod[]): number[] {
  const taken = new Set([...done, ...active.map(indexOf)]);
  const free: number[] = [];
  for (let index = 0; index < completions && free.length < count; index++) if (!taken.has(index)) free.push(index);
  return free;
}
