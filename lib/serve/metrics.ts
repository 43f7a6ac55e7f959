import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { ClusterMetrics } from './cluster-metrics';
import { formatDeliveries } from './delivery-metrics';
import { EventMetrics } from './event-metrics';
import { WatchMetrics } from './watch-metrics';
import type { WebhookOutcome } from './webhook';
import type { AgentEvent, AgentState } from '../reconcile/agent/events';

/** So many deliveries, and so many watches, have series of their own. Five series a delivery are then 50,000: 5 MB of text a scrape. */
export const DEFAULT_MAX_SERIES = 10_000;

export interface MetricsOptions {
  /** Where the agent stands; asked once a scrape. */
  readonly state: () => AgentState;
  /**
   * So many deliveries have series of their own. When there are more, no delivery has, and `flotilla_metrics_aggregated` says so. The same for watches.
   * @default 10000
   */
  readonly maxSeries?: number;
}

/**
 * The agent's metrics for Prometheus, in a registry of their own.
 *
 * What happened is counted from events; how things stand is taken from the agent's state at each scrape, so that what left the fleet leaves the metrics.
 */
export class AgentMetrics {
  /** Of the text that `scrape` returns. */
  public readonly contentType: string;
  private readonly registry = new Registry();
  private readonly events = new EventMetrics(this.registry);
  private readonly clusters = new ClusterMetrics(this.registry);
  private readonly watches: WatchMetrics;
  private readonly aggregated;
  private readonly webhooks;
  private readonly state: () => AgentState;
  private readonly maxSeries: number;
  /** Clusters that the state has named. */
  private known: ReadonlySet<string> = new Set();

  constructor({ state, maxSeries = DEFAULT_MAX_SERIES }: MetricsOptions) {
    const registers = [this.registry];
    this.state = state;
    this.contentType = this.registry.contentType;
    this.maxSeries = maxSeries;
    this.watches = new WatchMetrics(this.registry, maxSeries);
    this.aggregated = new Gauge({
      name: 'flotilla_metrics_aggregated', help: '1 when there are too many for a series each: only sums per cluster are told.', labelNames: ['of'], registers,
    });
    this.webhooks = new Counter({ name: 'flotilla_webhook_requests_total', help: 'Calls of the webhook.', labelNames: ['outcome'], registers });
    collectDefaultMetrics({ register: this.registry });
  }

  /** Takes one event in; a listener of the agent. */
  public take(event: AgentEvent): void {
    if (event.type === 'watch') {
      this.watches.take(event);
    } else {
      this.events.take(event);
    }
  }

  public takeWebhook(outcome: WebhookOutcome): void {
    this.webhooks.inc({ outcome });
  }

  /** All metrics, in Prometheus' text format. */
  public async scrape(): Promise<string> {
    const state = this.state();
    const present = new Set(state.clusters.map(({ cluster }) => cluster));
    // One that the state has not named yet may be about to appear: it is not gone.
    const gone = new Set([...this.known].filter(cluster => !present.has(cluster)));
    this.known = present;
    this.watches.forget(gone);
    await this.events.forget(gone);
    this.clusters.fill(state);
    // A part of them would be an arbitrary one, and a query over it would be wrong without saying so: all or none.
    const each = state.clusters.reduce((sum, { targets }) => sum + targets.length, 0) <= this.maxSeries;
    this.aggregated.set({ of: 'deliveries' }, each ? 0 : 1);
    this.aggregated.set({ of: 'watches' }, this.watches.fill() ? 0 : 1);
    return `${await this.registry.metrics()}${formatDeliveries(state, each)}`;
  }
}
