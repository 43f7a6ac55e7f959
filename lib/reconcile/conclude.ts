import type { FlotillaError } from '../errors';
import { canonicalJson } from './canonical';
import type { ClusterContext, RecordUrgency } from './context';
import type { InventoryEntry } from './inventory';
import { describeUnready, ObjectState } from './readiness';
import type { AppliedRevision, Condition, DeliveryRecord, DeliveryStatus, Fight, ObjectFailure } from './record';
import type { ObjectResult, TargetResult } from './report';
import type { TreePlan } from './run-target';
import { timestamp } from './timestamp';
import type { RecordContent } from './write-record';
import { formatIdentity } from '../tree/manifest';

/** What the steps of a target left. */
export interface Steps {
  readonly results: readonly ObjectResult[];
  /** Why not all was done. */
  readonly stopped?: string;
  readonly entries: ReadonlyMap<string, InventoryEntry>;
  /** It waits for another application, and only drift was put right. */
  readonly blocked?: TargetResult;
}

/** So many failures are told in the record; the report has them all. */
const MAX_FAILURES = 50;
/** So many revisions the record remembers. */
const MAX_HISTORY = 10;

/** Looks how ready the application is, writes the record if it says anything new, and sums up. */
export async function concludeTarget(context: ClusterContext, plan: TreePlan, steps: Steps): Promise<TargetResult> {
  const { target, record } = plan;
  const states = await context.readiness.read(target.objects.map(object => object.id), target);
  const errors = steps.results.flatMap(result => result.error ?? []);
  const written = steps.results.some(result => ['created', 'configured', 'pruned'].includes(result.action));
  const complete = steps.stopped === undefined;
  const sameRevision = record?.status.revision === target.revision;
  const now = timestamp();
  const content: RecordContent = {
    application: target.application,
    spec: target.spec,
    status: {
      ...(complete ? { revision: target.revision } : { revision: record?.status.revision }),
      observedRevision: target.revision,
      commit: sameRevision ? record?.status.commit : context.desired.commit,
      ready: states.filter(state => state.ready).length,
      lastAppliedTime: written || !record?.status.lastAppliedTime ? now : record.status.lastAppliedTime,
      ...(errors.length > 0 ? { failures: failuresOf(steps.results, record?.status.failures, now) } : {}),
      ...(plan.pruning.held ? { held: plan.pruning.held } : {}),
      ...(context.fights?.length ? { fights: context.fights } : {}),
      ...historyOf(record?.status.history, complete && !sameRevision ? { revision: target.revision, commit: context.desired.commit, time: now } : undefined),
    },
    conditions: conditionsOf(steps, errors, states, plan, context.fights ?? []),
    inventory: [...steps.entries.values()],
  };
  const news = urgencyOf(record, content);
  // What was put right may leave the same marks, but for those of the others: without them, the next run would look again.
  const urgency = written && (news === undefined || news === 'later') ? 'soon' : news;
  if (urgency) {
    await context.records.save(record, content, urgency);
  }
  const unready = describeUnready(states);
  return {
    application: target.application,
    outcome: steps.blocked && errors.length === 0 ? 'blocked' : complete ? written ? 'applied' : 'unchanged' : errors.length === 0 && context.options.resumed ? 'waiting' : 'failed',
    revision: target.revision,
    ready: complete && unready === undefined,
    message: steps.stopped ?? unready,
    objects: steps.results,
    held: plan.pruning.held,
    errors: [...errors, ...steps.blocked?.errors ?? []],
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
  const urgency = urgencyOf(record, content);
  if (urgency) {
    await context.records.save(record, content, urgency);
  }
}

function conditionsOf(
  steps: Steps, errors: readonly FlotillaError[], states: readonly ObjectState[], plan: TreePlan, fights: readonly Fight[],
): Omit<Condition, 'lastTransitionTime'>[] {
  const fought = describeFights(fights);
  const unready = describeUnready(states);
  const failed = errors.length > 0 || states.some(state => state.failed);
  const [reason, message] = errors.length > 0 ? ['ApplyFailed', steps.stopped ?? unready ?? 'not all objects could be applied']
    : steps.blocked ? ['DependencyNotReady', steps.stopped ?? '']
      : failed ? ['Degraded', unready ?? steps.stopped ?? 'an object has failed']
        : fought ? ['Fighting', fought]
          : unready || steps.stopped ? ['Progressing', steps.stopped ?? unready ?? '']
            : ['Ready', `${states.length} of ${states.length} objects are as committed and ready`];
  const conditions: Omit<Condition, 'lastTransitionTime'>[] = [
    { type: 'Ready', status: reason === 'Ready' ? 'True' : 'False', reason, message },
    { type: 'Reconciling', status: reason === 'Progressing' || reason === 'DependencyNotReady' ? 'True' : 'False', reason, message },
    { type: 'Stalled', status: failed ? 'True' : 'False', reason, message },
    degradedOf(states),
  ];
  if (fought) {
    conditions.push({ type: 'Fighting', status: 'True', reason: 'ChangedBack', message: fought });
  }
  if (plan.pruning.held) {
    const { objects, digest } = plan.pruning.held;
    conditions.push({
      type: 'PruneHeld', status: 'True', reason: 'OverBudget', message: `${objects.length} deletions wait for an approval of ${digest}`,
    });
  }
  return conditions;
}

function describeFights([first, ...others]: readonly Fight[]): string | undefined {
  return first && `${first.writer ?? 'somebody'} keeps ${first.writer ? 'changing' : 'deleting'} ${first.object}${others.length > 0 ? `, and ${others.length} others are fought over` : ''}`;
}

/** Whether the objects work, whatever became of applying them. */
function degradedOf(states: readonly ObjectState[]): Omit<Condition, 'lastTransitionTime'> {
  const broken = states.filter(state => state.failed);
  const [first] = broken;
  return first
    ? { type: 'Degraded', status: 'True', reason: 'Degraded', message: describeUnready(broken) ?? `${first.key} is degraded` }
    : { type: 'Degraded', status: 'False', reason: 'NotDegraded', message: 'no object has failed' };
}

function failuresOf(results: readonly ObjectResult[], former: readonly ObjectFailure[] | undefined, now: string): ObjectFailure[] {
  return results.flatMap(({ object, error }) => {
    if (!error) {
      return [];
    }
    const since = former?.find(each => each.object === object && each.code === error.code)?.since;
    return [{ object, code: error.code, message: error.what, since: since ?? now }];
  }).slice(0, MAX_FAILURES);
}

/** The newest first. */
function historyOf(former: readonly AppliedRevision[] | undefined, next: AppliedRevision | undefined): Pick<DeliveryStatus, 'history'> {
  const history = [...next ? [next] : [], ...former ?? []].slice(0, MAX_HISTORY);
  return history.length > 0 ? { history } : {};
}

/** How soon the cluster has to know; undefined when it knows all. Times alone are no news. */
function urgencyOf(record: DeliveryRecord | undefined, content: RecordContent): RecordUrgency | undefined {
  if (!record || newsOf(record.spec, record.status, record.status.conditions) !== newsOf(content.spec, content.status, content.conditions)) {
    return 'now';
  }
  const before = new Map(record.inventory.map(entry => [formatIdentity(entry.id), entry]));
  let urgency: RecordUrgency | undefined = before.size === content.inventory.length ? undefined : 'now';
  for (const entry of content.inventory) {
    const former = before.get(formatIdentity(entry.id));
    if (former === entry) {
      continue;
    }
    if (!former || former.uid !== entry.uid || former.hash !== entry.hash) {
      return 'now';
    }
    if (former.fingerprint !== entry.fingerprint) {
      urgency ??= 'soon';
      urgency = urgency === 'later' ? 'soon' : urgency;
    } else if (former.look !== entry.look) {
      urgency ??= 'later';
    }
  }
  return urgency;
}

function newsOf(spec: object, status: RecordContent['status'], conditions: readonly Omit<Condition, 'lastTransitionTime'>[] | undefined): string {
  return canonicalJson([
    spec, status.revision, status.observedRevision, status.ready, (status.failures ?? []).map(({ object, code, message }) => [object, code, message]),
    status.held?.digest, status.fights ?? [], (conditions ?? []).map(({ type, status: value, reason, message }) => [type, value, reason, message]),
  ]);
}
