import { Gauge, Registry } from 'prom-client';
import type { AgentState } from '../reconcile/agent/events';

/** Gauges of the source and of each cluster, from the agent's state at the time of the scrape. */
export class ClusterMetrics {
  private readonly gauges: readonly Gauge<string>[];
  private readonly sourceUp;
  private readonly sourceInfo;
  private readonly up;
  private readonly state;
  private readonly queue;
  private readonly deliveries;
  private readonly held;

  constructor(registry: Registry) {
    const registers = [registry];
    this.sourceUp = new Gauge({ name: 'flotilla_source_up', help: '1 when the repository could be read the last time, otherwise 0.', registers });
    this.sourceInfo = new Gauge({ name: 'flotilla_source_info', help: 'The commit whose tree is delivered.', labelNames: ['commit'], registers });
    this.up = new Gauge({ name: 'flotilla_cluster_up', help: '1 when the cluster answers, otherwise 0.', labelNames: ['cluster'], registers });
    this.state = new Gauge({ name: 'flotilla_cluster_info', help: 'What goes on in the cluster.', labelNames: ['cluster', 'state'], registers });
    this.queue = new Gauge({
      name: 'flotilla_queue_depth', help: 'Applications that wait for their run or run now.', labelNames: ['cluster'], registers,
    });
    this.deliveries = new Gauge({
      name: 'flotilla_deliveries', help: 'Deliveries that are ready, and those that are not.', labelNames: ['cluster', 'ready'], registers,
    });
    this.held = new Gauge({ name: 'flotilla_held_deletions', help: 'Deletions that wait for an approval.', labelNames: ['cluster'], registers });
    this.gauges = [this.sourceUp, this.sourceInfo, this.up, this.state, this.queue, this.deliveries, this.held];
  }

  public fill({ commit, sourceError, clusters }: AgentState): void {
    this.gauges.forEach(gauge => gauge.reset());
    this.sourceUp.set(commit !== undefined && sourceError === undefined ? 1 : 0);
    if (commit !== undefined) {
      this.sourceInfo.set({ commit }, 1);
    }
    for (const { cluster, state, queued, targets } of clusters) {
      const ready = targets.filter(target => target.ready).length;
      this.up.set({ cluster }, state === 'working' || state === 'steady' ? 1 : 0);
      this.state.set({ cluster, state }, 1);
      this.queue.set({ cluster }, queued);
      this.deliveries.set({ cluster, ready: 'true' }, ready);
      this.deliveries.set({ cluster, ready: 'false' }, targets.length - ready);
      this.held.set({ cluster }, targets.reduce((sum, { held }) => sum + held, 0));
    }
  }
}
