/** How two texts of several lines differ. */
export interface LineDiff {
  /** Number of lines that only the new text has. */
  readonly added: number;
  /** Number of lines that only the old text has. */
  readonly removed: number;
  /** The first of these lines in the order of the text, each after `-` or `+`; at most 40. */
  readonly lines: readonly string[];
}

const SHOWN_LINES = 40;
/** Beyond that many differences, what is between the first and the last one counts as replaced. */
const MOST_EDITS = 500;

/** Compares two texts line by line, with as few differences as possible. */
export function lineDiff(before: string, after: string): LineDiff {
  const a = before.split('\n');
  const b = after.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    start++;
  }
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) {
    end++;
  }
  const edits = shortestEdits(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return {
    added: edits.filter(line => line.startsWith('+')).length,
    removed: edits.filter(line => line.startsWith('-')).length,
    lines: edits.slice(0, SHOWN_LINES),
  };
}

// E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986: the furthest point on each diagonal, one edit more at a time.
function shortestEdits(a: readonly string[], b: readonly string[]): string[] {
  const trace: Map<number, number>[] = [];
  let furthest = new Map([[1, 0]]);
  for (let edits = 0; edits <= Math.min(a.length + b.length, MOST_EDITS); edits++) {
    trace.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = comesFromAbove(furthest, diagonal, edits) ? furthest.get(diagonal + 1) ?? 0 : (furthest.get(diagonal - 1) ?? 0) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) {
        x++;
      }
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) {
        return walkBack(a, b, trace);
      }
    }
    furthest = new Map(furthest);
  }
  return [...a.map(line => `-${line}`), ...b.map(line => `+${line}`)];
}

function comesFromAbove(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  return diagonal === -edits || (diagonal !== edits && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1));
}

function walkBack(a: readonly string[], b: readonly string[], trace: readonly ReadonlyMap<number, number>[]): string[] {
  const lines: string[] = [];
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const furthest = trace[edits];
    const diagonal = x - y;
    const above = comesFromAbove(furthest, diagonal, edits);
    const previous = above ? diagonal + 1 : diagonal - 1;
    x = furthest.get(previous) ?? 0;
    y = x - previous;
    lines.push(above ? `+${b[y]}` : `-${a[x]}`);
  }
  return lines.reverse();
}
