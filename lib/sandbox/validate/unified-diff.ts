/** Lines around a change that are shown, too. */
const CONTEXT = 3;

interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

interface Change {
  readonly isEqual: boolean;
  readonly a: readonly [from: number, to: number];
  readonly b: readonly [from: number, to: number];
}

/**
 * How two texts differ, in the unified form, without names of files. Like lines are found as Python's difflib does it, which the library of the real server
 * follows.
 */
export function unifiedDiff(before: string, after: string): string {
  const [a, b] = [before, after].map(text => text.split('\n').map(line => `${line}\n`));
  const changes = changesOf(matchesOf(a, b, 0, a.length, 0, b.length), a.length, b.length);
  return groupsOf(changes).map(group => hunk(group, a, b)).join('');
}

function matchesOf(a: readonly string[], b: readonly string[], aFrom: number, aTo: number, bFrom: number, bTo: number): Block[] {
  let best: Block = { a: aFrom, b: bFrom, size: 0 };
  for (let i = aFrom; i < aTo; i++) {
    for (let j = bFrom; j < bTo; j++) {
      let size = 0;
      while (i + size < aTo && j + size < bTo && a[i + size] === b[j + size]) size++;
      if (size > best.size) best = { a: i, b: j, size };
    }
  }
  if (best.size === 0) return [];
  return [...matchesOf(a, b, aFrom, best.a, bFrom, best.b), best, ...matchesOf(a, b, best.a + best.size, aTo, best.b + best.size, bTo)];
}

function changesOf(blocks: readonly Block[], aEnd: number, bEnd: number): Change[] {
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  for (const { a, b, size } of [...blocks, { a: aEnd, b: bEnd, size: 0 }]) {
    if (i < a || j < b) changes.push({ isEqual: false, a: [i, a], b: [j, b] });
    if (size > 0) changes.push({ isEqual: true, a: [a, a + size], b: [b, b + size] });
    [i, j] = [a + size, b + size];
  }
  return changes;
}

function groupsOf(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [[]];
  changes.forEach((change, i) => {
    const { isEqual, a: [aFrom, aTo], b: [bFrom, bTo] } = change;
    const last = groups.at(-1)!;
    if (!isEqual) return void last.push(change);
    const [isFirst, isLast] = [i === 0, i === changes.length - 1];
    const length = aTo - aFrom;
    if (!isFirst && !isLast && length <= 2 * CONTEXT) return void last.push(change);
    const end = Math.min(CONTEXT, length);
    if (!isFirst) last.push({ isEqual, a: [aFrom, aFrom + end], b: [bFrom, bFrom + end] });
    if (isLast) return;
    const start: Change = { isEqual, a: [aTo - end, aTo], b: [bTo - end, bTo] };
    if (isFirst) last.push(start);
    else groups.push([start]);
  });
  return groups.filter(group => group.some(({ isEqual }) => !isEqual));
}

function hunk(group: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const [first, last] = [group[0], group.at(-1)!];
  const lines = group.flatMap(change => (change.isEqual ? a.slice(...change.a).map(line => ` ${line}`)
    : [...a.slice(...change.a).map(line => `-${line}`), ...b.slice(...change.b).map(line => `+${line}`)]));
  return `@@ -${range(first.a[0], last.a[1])} +${range(first.b[0], last.b[1])} @@\n${lines.join('')}`;
}

function range(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return String(from + 1);
  return `${length === 0 ? from : from + 1},${length}`;
}
