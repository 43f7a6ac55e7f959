/** The circles among the edges of a graph, one for each group of nodes that reach each other: `a, b, a`. */
export function findCycles(edges: ReadonlyArray<readonly [from: string, to: string]>): string[][] {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) {
    next.set(from, [...next.get(from) ?? [], to]);
  }
  const done = new Set<string>();
  const path: string[] = [];
  const cycles: string[][] = [];
  const visit = (node: string): void => {
    const start = path.indexOf(node);
    if (start >= 0) {
      cycles.push([...path.slice(start), node]);
    } else if (!done.has(node)) {
      path.push(node);
      (next.get(node) ?? []).forEach(visit);
      path.pop();
      done.add(node);
    }
  };
  [...next.keys()].sort().forEach(visit);
  return cycles;
}
