import type { FlotillaError } from '../errors';
import { canonicalJson } from './canonical';
import type { ClusterContext } from './context';
import { formatEntry, InventoryEntry } from './inventory';
import { describeUnready, ObjectState } from './readiness';
import type { Condition, DeliveryRecord, ObjectFailure } from './record';
import type { ObjectResult, TargetResult } from './report';
import type { TreePlan } from './run-target';
import { RecordContent, writeRecord } from './write-record';

/** What the steps of a target left. */
export interface Steps {
  readonly results: readonly ObjectResult[];
  /** Why not all was done. */
  readonly stopped?: string;
  readonly entries: ReadonlyMap<string, InventoryEntry>;
}

/** So many failures are told in the record; the report has them all. */
const MAX_FAILURES = 50;

/** Looks how ready the application is, writes the record if it says anything new, and sums up. */
export async function concludeTarget(context: ClusterContext, plan: TreePlan, steps: Steps): Promise<TargetResult> {
  const { target, record } = plan;
  const states = await context.readiness.read(target.objects.map(object => object.id), target.setId);
  const errors = steps.results.flatMap(result => result.error ?? []);
  const written = steps.results.some(result => ['created', 'configured', 'pruned'].includes(result.action));
  const complete = steps.stopped === undefined;
  const sameRevision = record?.status.revision === target.revision;
  const content: RecordContent = {
    application: target.application,
    spec: target.spec,
    status: {
      ...(complete ? { revision: target.revision } : { revision: record?.status.revision }),
      observedRevision: target.revision,
      commit: sameRevision ? record?.status.commit : context.desired.commit,
      ready: states.filter(state => state.ready).length,
      lastAppliedTime: written || !record?.status.lastAppliedTime ? new Date().toISOString().replace(/\.\d+Z$/, 'Z') : record.status.lastAppliedTime,
      ...(errors.length > 0 ? { failures: failuresOf(steps.results).slice(0, MAX_FAILURES) } : {}),
      ...(plan.pruning.held ? { held: plan.pruning.held } : {}),
    },
    conditions: conditionsOf(steps, errors, states, plan),
    inventory: [...steps.entries.values()],
  };
  if (written || !record || saysAnythingNew(record, content)) {
    await writeRecord(context, record, content);
  }
  const unready = describeUnready(states);
  return {
    application: target.application,
    outcome: !complete ? 'failed' : written ? 'applied' : 'unchanged',
    revision: target.revision,
    ready: complete && unready === undefined,
    message: steps.stopped ?? unready,
    objects: steps.results,
    held: plan.pruning.held,
    errors,
  };
}

/** Tells in the record why an application was not even started. */
export async function recordBlocked(context: ClusterContext, { target, record }: TreePlan, blocked: TargetResult): Promise<void> {
  const { conditions: _conditions, inventory: _inventory, objects: _objects, ...status } = record?.status ?? {};
  const message = blocked.message ?? '';
  const content: RecordContent = {
    application: target.application,
    spec: target.spec,
    status: { ...status, observedRevision: target.revision },
    conditions: [
      { type: 'Ready', status: 'False', reason: 'DependencyNotReady', message },
      { type: 'Reconciling', status: 'True', reason: 'DependencyNotReady', message },
      { type: 'Stalled', status: 'False', reason: 'DependencyNotReady', message },
    ],
    inventory: record?.inventory ?? [],
  };
  if (!record || saysAnythingNew(record, content)) {
    await writeRecord(context, record, content);
  }
}

function conditionsOf(
  steps: Steps, errors: readonly FlotillaError[], states: readonly ObjectState[], plan: TreePlan,
): Omit<Condition, 'lastTransitionTime'>[] {
  const unready = describeUnready(states);
  const failed = errors.length > 0 || states.some(state => state.failed);
  const message = steps.stopped ?? unready ?? `${states.length} of ${states.length} objects are as committed and ready`;
  const reason = errors.length > 0 ? 'ApplyFailed' : failed ? 'Degraded' : unready || steps.stopped ? 'Progressing' : 'Ready';
  const conditions: Omit<Condition, 'lastTransitionTime'>[] = [
    { type: 'Ready', status: reason === 'Ready' ? 'True' : 'False', reason, message },
    { type: 'Reconciling', status: reason === 'Progressing' ? 'True' : 'False', reason, message },
    { type: 'Stalled', status: failed ? 'True' : 'False', reason, message },
  ];
  if (plan.pruning.held) {
    const { objects, digest } = plan.pruning.held;
    conditions.push({
      type: 'PruneHeld', status: 'True', reason: 'OverBudget', message: `${objects.length} deletions wait for an approval of ${digest}`,
    });
  }
  return conditions;
}

function failuresOf(results: readonly ObjectResult[]): ObjectFailure[] {
  return results.flatMap(({ object, error }) => error ? [{ object, code: error.code, message: error.what }] : []);
}

/** Times and other writers' marks aside. */
function saysAnythingNew(record: DeliveryRecord, content: RecordContent): boolean {
  const { status } = record;
  const before = canonicalJson([
    record.spec, status.revision, status.observedRevision, status.ready, status.failures ?? [], status.held?.digest,
    status.conditions?.map(({ type, status: value, reason, message }) => [type, value, reason, message]), status.inventory?.map(withoutLook),
  ]);
  const after = canonicalJson([
    content.spec, content.status.revision, content.status.observedRevision, content.status.ready, content.status.failures ?? [],
    content.status.held?.digest, content.conditions.map(({ type, status: value, reason, message }) => [type, value, reason, message]),
    content.inventory.map(formatEntry).sort().map(withoutLook),
  ]);
  return before !== after;
}

function withoutLook(line: string): string {
  return line.slice(0, line.lastIndexOf(' '));
}
