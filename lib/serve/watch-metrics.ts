import { Gauge, Registry } from 'prom-client';
import type { WatchStateEvent } from '../reconcile/agent/events';

/** Every state that a watch is counted in; a closed one is not counted. */
const STATES = ['listed', 'lost', 'denied'] as const;

/** Gauges of the watches: how each stands, from what was last told of it. */
export class WatchMetrics {
  private readonly states = new Map<string, Map<string, WatchStateEvent['state']>>();
  private readonly up;
  private readonly count;

  /** @param max so many watches have a series of their own; when there are more, none has */
  constructor(registry: Registry, private readonly max: number) {
    const registers = [registry];
    this.up = new Gauge({ name: 'flotilla_watch_up', help: '1 when the watch knows all of its kind, otherwise 0.', labelNames: ['cluster', 'kind'], registers });
    this.count = new Gauge({ name: 'flotilla_watches', help: 'Watches by their state.', labelNames: ['cluster', 'state'], registers });
  }

  public take({ cluster, kind, state }: WatchStateEvent): void {
    const kinds = this.states.get(cluster) ?? new Map<string, WatchStateEvent['state']>();
    if (state === 'closed') {
      kinds.delete(kind);
    } else {
      kinds.set(kind, state);
    }
    this.states.set(cluster, kinds);
  }

  public forget(clusters: ReadonlySet<string>): void {
    clusters.forEach(cluster => this.states.delete(cluster));
  }

  /** Whether they have series of their own; otherwise those of their clusters have to do. */
  public fill(): boolean {
    this.up.reset();
    this.count.reset();
    const each = [...this.states.values()].reduce((sum, kinds) => sum + kinds.size, 0) <= this.max;
    for (const [cluster, kinds] of this.states) {
      const all = [...kinds.values()];
      STATES.forEach(state => this.count.set({ cluster, state }, all.filter(other => other === state).length));
      if (each) {
        kinds.forEach((state, kind) => this.up.set({ cluster, kind }, state === 'listed' ? 1 : 0));
      }
    }
    return each;
  }
}
