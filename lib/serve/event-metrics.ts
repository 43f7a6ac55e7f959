import { Counter, Histogram, Registry } from 'prom-client';
import type { FlotillaError } from '../errors';
import type { AgentEvent, RunEvent, SourceEvent } from '../reconcile/agent/events';
import type { ObjectAction } from '../reconcile/report';

/** A run that changes nothing takes some tens of milliseconds, one that waits for a rollout some minutes. */
const RUN_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];
/** Promised is less than a second. */
const DRIFT_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const FETCH_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What was done to an object; that nothing was done to it is not counted. */
const COUNTED_ACTIONS: ReadonlySet<ObjectAction> = new Set(['created', 'configured', 'pruned', 'released', 'failed']);

/**
 * Counters and histograms of what happened, from the agent's events.
 *
 * No label names an application or an object: those would be as many series as the fleet has objects, and never become fewer.
 */
export class EventMetrics {
  private readonly byCluster: readonly Counter<string>[];
  private readonly reconciles;
  private readonly reconcileDuration;
  private readonly objects;
  private readonly errors;
  private readonly drift;
  private readonly driftDuration;
  private readonly fights;
  private readonly connections;
  private readonly leases;
  private readonly audits;
  private readonly fetches;
  private readonly fetchDuration;

  constructor(registry: Registry) {
    const registers = [registry];
    this.reconciles = new Counter({
      name: 'flotilla_reconciles_total', help: 'Runs of one application on one cluster.', labelNames: ['cluster', 'outcome'], registers,
    });
    this.reconcileDuration = new Histogram({
      name: 'flotilla_reconcile_duration_seconds', help: 'How long runs of one application on one cluster took.', labelNames: ['outcome'], buckets: RUN_BUCKETS, registers,
    });
    this.objects = new Counter({
      name: 'flotilla_object_actions_total', help: 'What was done to objects.', labelNames: ['cluster', 'action'], registers,
    });
    this.errors = new Counter({
      name: 'flotilla_errors_total', help: 'Errors by their code. Without a cluster: those of the source and of the Leases.', labelNames: ['cluster', 'code'], registers,
    });
    this.drift = new Counter({ name: 'flotilla_drift_healed_total', help: 'Objects that differed and were put right.', labelNames: ['cluster'], registers });
    this.driftDuration = new Histogram({
      name: 'flotilla_drift_heal_duration_seconds', help: 'From the event of a watch to the answer of the server.', buckets: DRIFT_BUCKETS, registers,
    });
    this.fights = new Counter({ name: 'flotilla_fights_total', help: 'Times that another writer took a field back again.', labelNames: ['cluster'], registers });
    this.connections = new Counter({
      name: 'flotilla_connection_changes_total', help: 'Times that the way to a cluster opened or closed.', labelNames: ['cluster', 'state'], registers,
    });
    this.leases = new Counter({
      name: 'flotilla_lease_changes_total', help: 'Times that this process took over a cluster or gave it up.', labelNames: ['cluster', 'state'], registers,
    });
    this.audits = new Counter({
      name: 'flotilla_audits_total', help: 'Objects that the slow audit looked at.', labelNames: ['cluster', 'outcome'], registers,
    });
    this.fetches = new Counter({
      name: 'flotilla_source_fetches_total', help: 'Times that the repository was asked.', labelNames: ['cause', 'outcome'], registers,
    });
    this.fetchDuration = new Histogram({
      name: 'flotilla_source_fetch_duration_seconds', help: 'How long it took to ask the repository.', labelNames: ['outcome'], buckets: FETCH_BUCKETS, registers,
    });
    this.byCluster = [this.reconciles, this.objects, this.errors, this.drift, this.fights, this.connections, this.leases, this.audits];
  }

  /** Counts one event. Never throws: whoever listens must not disturb the loop. */
  public take(event: AgentEvent): void {
    switch (event.type) {
      case 'run': return this.takeRun(event);
      case 'source': return this.takeSource(event);
      case 'drift':
        this.drift.inc({ cluster: event.cluster });
        return observe(this.driftDuration, event.seconds);
      case 'fight': return this.fights.inc({ cluster: event.cluster });
      case 'connection':
        this.connections.inc({ cluster: event.cluster, state: event.state });
        return this.countErrors(event.cluster, event.error ? [event.error] : []);
      case 'lease': return this.leases.inc({ cluster: event.cluster, state: event.state });
      case 'lease-trouble': return this.countErrors('', [event.error]);
      case 'audit': return this.audits.inc({ cluster: event.cluster, outcome: event.outcome });
      case 'watch': case 'queue': case 'events': return undefined; // their present state is what counts
    }
  }

  /** Ends the series of clusters that left the fleet. */
  public async forget(clusters: ReadonlySet<string>): Promise<void> {
    if (clusters.size === 0) {
      return;
    }
    for (const counter of this.byCluster) {
      const { values } = await counter.get();
      values.filter(({ labels }) => clusters.has(String(labels.cluster))).forEach(({ labels }) => counter.remove(labels));
    }
  }

  private takeRun({ cluster, result, seconds }: RunEvent): void {
    this.reconciles.inc({ cluster, outcome: result.outcome });
    observe(this.reconcileDuration, seconds, { outcome: result.outcome });
    for (const { action } of result.objects) {
      if (COUNTED_ACTIONS.has(action)) {
        this.objects.inc({ cluster, action });
      }
    }
    this.countErrors(cluster, [...result.errors, ...result.objects.flatMap(({ error }) => error ?? [])]);
  }

  private takeSource({ cause, outcome, seconds, error }: SourceEvent): void {
    this.fetches.inc({ cause, outcome });
    observe(this.fetchDuration, seconds, { outcome });
    this.countErrors('', error ? [error] : []);
  }

  /** The same error may stand for its object and for its application: it counts once. */
  private countErrors(cluster: string, errors: readonly FlotillaError[]): void {
    for (const { code } of new Set(errors.flatMap(error => error.errors))) {
      this.errors.inc({ cluster, code });
    }
  }
}

/** A histogram throws on what is not a number. */
function observe<L extends string>(histogram: Histogram<L>, seconds: number, labels: Partial<Record<L, string>> = {}): void {
  if (Number.isFinite(seconds)) {
    histogram.observe(labels, seconds);
  }
}
