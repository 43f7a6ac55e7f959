import { Gauge, Registry } from 'prom-client';
import type { AgentState } from '../reconcile/agent/events';

/** Gauges of each delivery, from the agent's state at the time of the scrape: what is gone leaves no series behind. */
export class DeliveryMetrics {
  private readonly gauges: readonly Gauge<string>[];
  private readonly ready;
  private readonly applied;
  private readonly info;
  private readonly objects;
  private readonly held;

  /** @param max so many deliveries have series of their own; when there are more, none has */
  constructor(registry: Registry, private readonly max: number) {
    const registers = [registry];
    const labelNames = ['cluster', 'application'];
    this.ready = new Gauge({ name: 'flotilla_delivery_ready', help: '1 when every object is as committed and ready, otherwise 0.', labelNames, registers });
    this.applied = new Gauge({
      name: 'flotilla_delivery_applied_timestamp_seconds', help: 'When the delivery was last applied whole, in seconds since 1970.', labelNames, registers,
    });
    this.info = new Gauge({
      name: 'flotilla_delivery_info', help: 'The revision that was last applied whole, and why the delivery is ready or not.',
      labelNames: [...labelNames, 'revision', 'reason'], registers,
    });
    this.objects = new Gauge({ name: 'flotilla_delivery_objects', help: 'Objects of the delivery.', labelNames, registers });
    this.held = new Gauge({ name: 'flotilla_delivery_held_deletions', help: 'Deletions that wait for an approval.', labelNames, registers });
    this.gauges = [this.ready, this.applied, this.info, this.objects, this.held];
  }

  /** Whether they have series of their own; otherwise those of their clusters have to do. */
  public fill({ clusters }: AgentState): boolean {
    this.gauges.forEach(gauge => gauge.reset());
    // A part of them would be an arbitrary one, and a query over it would be wrong without saying so.
    if (clusters.reduce((sum, { targets }) => sum + targets.length, 0) > this.max) {
      return false;
    }
    for (const { cluster, targets } of clusters) {
      for (const { application, ready, revision, reason, objects, held, appliedAt } of targets) {
        const labels = { cluster, application };
        const applied = Date.parse(appliedAt ?? '') / 1000;
        this.ready.set(labels, ready ? 1 : 0);
        this.info.set({ ...labels, revision: revision ?? '', reason }, 1);
        this.objects.set(labels, objects);
        this.held.set(labels, held);
        if (Number.isFinite(applied)) {
          this.applied.set(labels, applied);
        }
      }
    }
    return true;
  }
}
