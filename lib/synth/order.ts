import { IConstruct } from 'constructs';

/** The order that the dependencies among the constructs of one tree ask for. */
export interface Order {
  /** For each ordered construct that has to wait: the wave that its dependencies ask for, at least. */
  readonly waves: ReadonlyMap<IConstruct, number>;
  /** Constructs that wait for each other, each for the next and the last for the first; undefined if there are none. */
  readonly cycle?: readonly IConstruct[];
  /** Constructs with a dependency that is not in the tree. */
  readonly outside: readonly { readonly construct: IConstruct; readonly dependency: string }[];
}

/**
 * Makes waves of dependencies: an object's wave is one more than the highest of those it waits for.
 *
 * A dependency between constructs is one between all their objects. To list those pairs would be quadratic, so each construct gets
 * two nodes of its own: the start, before all of its objects, and the end, after all of them; a dependency is one edge from
 * an end to a start. Nothing leads from a start to its end but objects, so a construct without objects orders nothing.
 *
 * @param constructs All constructs of the tree.
 * @param leastWaves The constructs that are objects and take part, with the wave that they have at least.
 */
export function orderConstructs(constructs: readonly IConstruct[], leastWaves: ReadonlyMap<IConstruct, number>): Order {
  const outside: { construct: IConstruct; dependency: string }[] = [];
  const dependencies = readDependencies(constructs, outside);
  if (dependencies.length === 0) {
    return { waves: new Map(), outside };
  }
  const graph = new Graph(constructs, leastWaves);
  graph.connect(dependencies);
  return { ...graph.longestPaths(), outside };
}

interface Dependency {
  readonly source: IConstruct;
  readonly target: IConstruct;
}

function readDependencies(constructs: readonly IConstruct[], outside: { construct: IConstruct; dependency: string }[]): Dependency[] {
  const known = new Set(constructs);
  const found: Dependency[] = [];
  for (const source of constructs) {
    let targets: IConstruct[];
    try {
      targets = source.node.dependencies;
    } catch {
      // `constructs` throws when it is asked for a dependency that is no construct.
      outside.push({ construct: source, dependency: 'something that is not a construct' });
      continue;
    }
    for (const target of targets) {
      if (!known.has(target)) {
        outside.push({ construct: source, dependency: target.node.path || 'the root of another tree' });
      } else if (target !== source) {
        found.push({ source, target });
      }
    }
  }
  return found;
}

type Visit = (construct: IConstruct) => void;

/** Three nodes for each construct: its start, the object that it is, its end. Edges lead from what comes first. */
class Graph {
  private readonly index: ReadonlyMap<IConstruct, number>;
  private readonly next: number[][] = [];

  constructor(private readonly constructs: readonly IConstruct[], private readonly leastWaves: ReadonlyMap<IConstruct, number>) {
    this.index = new Map(constructs.map((construct, i) => [construct, i]));
    for (let i = 0; i < 3 * constructs.length; i++) {
      this.next.push([]);
    }
    for (const construct of constructs) {
      if (leastWaves.has(construct)) {
        this.edge(this.start(construct), this.object(construct));
        this.edge(this.object(construct), this.end(construct));
      }
      for (const child of construct.node.children) {
        this.edge(this.start(construct), this.start(child));
        this.edge(this.end(child), this.end(construct));
      }
    }
  }

  public connect(dependencies: readonly Dependency[]): void {
    const inner = new Map<IConstruct, Set<IConstruct>>();
    const outer = new Map<IConstruct, Set<IConstruct>>();
    for (const { source, target } of dependencies) {
      if (contains(source, target)) {
        entry(inner, source).add(target);
      } else if (contains(target, source)) {
        entry(outer, target).add(source);
      } else {
        this.edge(this.end(target), this.start(source));
      }
    }
    // "The chart waits for its namespace": what is in the construct, but for those it waits for, waits.
    for (const [construct, parts] of inner) {
      const gate = this.gate();
      parts.forEach(part => this.edge(this.end(part), gate));
      this.forEachOther(construct, parts, other => this.edge(gate, this.object(other)), other => this.edge(gate, this.start(other)));
    }
    // "The job waits for its chart": it waits for what is in the construct, but for those that wait like itself.
    for (const [construct, parts] of outer) {
      const gate = this.gate();
      parts.forEach(part => this.edge(gate, this.start(part)));
      this.forEachOther(construct, parts, other => this.edge(this.object(other), gate), other => this.edge(this.end(other), gate));
    }
  }

  /** Kahn's algorithm: a node is done when all before it are. What is left over in the end is on a cycle, or behind one. */
  public longestPaths(): { waves: Map<IConstruct, number>; cycle?: IConstruct[] } {
    const before = this.next.map(() => 0);
    this.next.forEach(targets => targets.forEach(target => before[target]++));
    const waves = this.next.map((_, node) => (node % 3 === 1 ? this.leastWaves.get(this.constructs[(node - 1) / 3]) : undefined) ?? -Infinity);
    const asked = this.next.map(() => -Infinity);
    const ready = before.flatMap((count, node) => (count === 0 ? [node] : []));
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      const wave = waves[node] + (this.isObject(node) ? 1 : 0);
      for (const target of this.next[node]) {
        asked[target] = Math.max(asked[target], wave);
        waves[target] = Math.max(waves[target], wave);
        if (--before[target] === 0) {
          ready.push(target);
        }
      }
    }
    const found = new Map<IConstruct, number>();
    for (const construct of this.leastWaves.keys()) {
      const wave = asked[this.object(construct)];
      if (wave > -Infinity) {
        found.set(construct, wave);
      }
    }
    return { waves: found, cycle: this.findCycle(before) };
  }

  private findCycle(before: readonly number[]): IConstruct[] | undefined {
    const previous = new Map<number, number>();
    this.next.forEach((targets, node) => {
      if (before[node] > 0) {
        targets.forEach(target => previous.set(target, node));
      }
    });
    let node = before.findIndex(count => count > 0);
    if (node < 0) {
      return undefined;
    }
    // Each node that is left over has one before it that is left over too: going back must come round.
    const seen = new Set<number>();
    while (!seen.has(node)) {
      seen.add(node);
      node = previous.get(node)!;
    }
    const cycle: number[] = [];
    for (let at = node; cycle.length === 0 || at !== node; at = previous.get(at)!) {
      cycle.push(at);
    }
    return cycle.filter(at => this.isObject(at)).map(at => this.constructs[(at - 1) / 3]);
  }

  /** The parts of a construct that are in none of the given ones: its own objects on the way to those, and whole subtrees beside it. */
  private forEachOther(construct: IConstruct, parts: ReadonlySet<IConstruct>, object: Visit, tree: Visit): void {
    const onTheWay = new Set<IConstruct>();
    for (const part of parts) {
      for (let scope = part.node.scope; scope && !onTheWay.has(scope); scope = scope.node.scope) {
        onTheWay.add(scope);
      }
    }
    const visit = (other: IConstruct): void => {
      if (this.leastWaves.has(other)) {
        object(other);
      }
      for (const child of other.node.children) {
        if (onTheWay.has(child) && !parts.has(child)) {
          visit(child);
        } else if (!parts.has(child)) {
          tree(child);
        }
      }
    };
    visit(construct);
  }

  private start(construct: IConstruct): number {
    return 3 * this.index.get(construct)!;
  }

  private object(construct: IConstruct): number {
    return 3 * this.index.get(construct)! + 1;
  }

  private end(construct: IConstruct): number {
    return 3 * this.index.get(construct)! + 2;
  }

  private isObject(node: number): boolean {
    return node % 3 === 1 && node < 3 * this.constructs.length;
  }

  private gate(): number {
    return this.next.push([]) - 1;
  }

  private edge(from: number, to: number): void {
    this.next[from].push(to);
  }
}

function contains(construct: IConstruct, other: IConstruct): boolean {
  let scope = other.node.scope;
  while (scope && scope !== construct) {
    scope = scope.node.scope;
  }
  return scope === construct;
}

function entry(map: Map<IConstruct, Set<IConstruct>>, key: IConstruct): Set<IConstruct> {
  const found = map.get(key) ?? new Set();
  map.set(key, found);
  return found;
}
