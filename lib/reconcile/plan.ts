import { applySetId, belongsTo, PART_OF_LABEL } from './applyset';
import { canonicalJson } from './canonical';
import type { DesiredCluster, DesiredObject, DesiredTarget } from './desired';
import { InventoryEntry, parseIdentity } from './inventory';
import type { Observed } from './observe';
import { planPruning, PruningPlan } from './plan-pruning';
import { isKept } from './policy';
import type { DeliveryRecord } from './record';
import type { SeenObject } from './seen';
import { isUnknown, observedBy, Sight } from './sight';
import { comparePlaces, Place } from './stages';
import { tenantOf } from './tenant';
import { formatIdentity } from '../tree/manifest';

/** Why an object is applied. */
export type ApplyReason =
  | 'new' /** it is not there, or not with our label */
  | 'changed' /** the tree changed */
  | 'drifted' /** somebody else changed fields of ours, or made it anew */
  | 'handed-over' /** it came from another application */
  | 'unknown'; /** it could not be seen */

/** What happens to one object of the tree. */
export type ObjectPlan =
  | { readonly object: DesiredObject; readonly action: 'none'; readonly entry: InventoryEntry }
  /** Others wrote to the object, though not to fields of ours: a dry run tells whether anything of ours changed. */
  | { readonly object: DesiredObject; readonly action: 'look'; readonly entry: InventoryEntry }
  | { readonly object: DesiredObject; readonly action: 'apply'; readonly reason: ApplyReason; readonly entry?: InventoryEntry };

/** Objects that are written together. */
export interface PlanStep extends Place {
  readonly objects: readonly ObjectPlan[];
}

/** What happens to one application on one cluster. */
export interface TargetPlan {
  readonly application: string;
  /** Absent when the application left the tree. */
  readonly target?: DesiredTarget;
  readonly record?: DeliveryRecord;
  /** What the application answers for: what the record names, and what is found to be ours though no record names it any more. */
  readonly inventory: readonly InventoryEntry[];
  readonly steps: readonly PlanStep[];
  readonly pruning: PruningPlan;
  /** Nothing is to be written: neither objects nor the record of them. */
  readonly idle: boolean;
}

/** What happens on a cluster. A pure function of what the tree wants and what was seen. */
export function planCluster(desired: DesiredCluster, observed: Observed): TargetPlan[] {
  const facts = factsOf(desired, observed);
  return [
    ...desired.targets.map(target => planTarget(facts, target)),
    ...removedApplications(desired, observed.records).map(record => planRemoval(facts, record)),
  ];
}

/** What happens to one application; undefined when neither the tree nor the cluster knows it, or the tree of it cannot be read. */
export function planApplication(desired: DesiredCluster, observed: Observed, application: string): TargetPlan | undefined {
  const target = desired.targets.find(each => each.application === application);
  if (target) {
    return planTarget(factsOf(desired, observed), target);
  }
  const record = removedApplications(desired, observed.records).find(each => each.application === application);
  return record && planRemoval(factsOf(desired, observed), record);
}

/** The deliveries in the cluster that the tree no longer has. */
export function removedApplications(desired: DesiredCluster, records: Observed['records']): DeliveryRecord[] {
  const wanted = new Set([...desired.targets.map(target => target.application), ...desired.unreadable]);
  return [...records.values()].filter(record => record.spec.fleet === desired.fleet && !wanted.has(record.application));
}

/** Which application wants an object, by `formatIdentity`. */
export function ownersOf(desired: DesiredCluster): ReadonlyMap<string, string> {
  const known = ownersKnown.get(desired);
  if (known) {
    return known;
  }
  const owners = new Map<string, string>();
  for (const target of desired.targets) {
    for (const object of target.objects) {
      owners.set(object.key, target.application);
    }
  }
  ownersKnown.set(desired, owners);
  return owners;
}

/** An agent asks again and again of the same tree. */
const ownersKnown = new WeakMap<DesiredCluster, ReadonlyMap<string, string>>();

function factsOf(desired: DesiredCluster, observed: Observed): ClusterFacts {
  const owners = ownersOf(desired);
  let uids: ReadonlySet<string> | undefined;
  const sets = new Map<Sight['live'], ReadonlyMap<string, readonly string[]>>();
  return {
    desired, observed, owners, isWanted: uid => (uids ??= uidsOf(owners.keys(), observed)).has(uid),
    membersOf: ({ live }, setId) => {
      const known = sets.get(live) ?? groupBySet(live);
      sets.set(live, known);
      return known.get(setId) ?? [];
    },
  };
}

/** What the plans of one cluster's applications share. */
interface ClusterFacts {
  readonly desired: DesiredCluster;
  readonly observed: Observed;
  /** Which application wants an object. */
  readonly owners: ReadonlyMap<string, string>;
  /** Whether an object with this uid is one that the tree wants, by whatever name. */
  readonly isWanted: (uid: string) => boolean;
  /** What somebody saw that carries the label of a set, by `formatIdentity`. */
  readonly membersOf: (sight: Sight, setId: string) => readonly string[];
}

function groupBySet(live: Sight['live']): Map<string, string[]> {
  const sets = new Map<string, string[]>();
  for (const [key, { labels }] of live) {
    const setId = labels?.[PART_OF_LABEL] ?? '';
    const members = sets.get(setId);
    if (members) {
      members.push(key);
    } else {
      sets.set(setId, [key]);
    }
  }
  return sets;
}

/**
 * The inventory, with the objects that carry the label of the set, that our field manager applied, and that no line names: somebody deleted or edited
 * the Delivery. They get a uid and no hash, so that they are known for what they are: see `planPruning`.
 */
function inventoryOf(
  facts: ClusterFacts, observed: Observed, application: string, setId: string, record: DeliveryRecord | undefined,
): readonly InventoryEntry[] {
  const known = record?.inventory ?? [];
  // What we have written ourselves since it was read is complete.
  if (record && record.version === undefined) {
    return known;
  }
  const named = new Set(known.map(entry => formatIdentity(entry.id)));
  const lost = facts.membersOf(observed, setId).flatMap((key): InventoryEntry[] => {
    const live = observed.live.get(key);
    const id = parseIdentity(key);
    const isLost = live?.applied && id && !named.has(key) && facts.owners.get(key) !== application
      && !live.deletionTimestamp && !isKept(id, live) && !facts.isWanted(live.uid);
    return isLost ? [{ id, uid: live.uid }] : [];
  });
  return lost.length > 0 ? [...known, ...lost] : known;
}

/** Whoever sees an object under a name that the tree wants. */
function uidsOf(keys: Iterable<string>, observed: Observed): Set<string> {
  const sights = [observed, ...observed.tenants?.values() ?? []];
  return new Set([...keys].flatMap(key => sights.flatMap(({ live }) => live.get(key)?.uid ?? [])));
}

function planTarget(facts: ClusterFacts, target: DesiredTarget): TargetPlan {
  const { desired, owners, isWanted } = facts;
  const observed = observedBy(facts.observed, tenantOf(target.spec));
  const record = observed.records.get(target.application);
  const inventory = inventoryOf(facts, observed, target.application, target.setId, record);
  const entries = new Map(record?.inventory.map(entry => [formatIdentity(entry.id), entry]));
  const objects = target.objects.map(object => planObject(object, target, observed, entries.get(object.key)));
  const blind = desired.unreadable.length > 0;
  const pruning = planPruning({
    application: target.application, setId: target.setId, policy: target.spec.prune, removed: false, blind, inventory,
    approvals: desired.approvals.get(target.application), owners, isWanted, observed,
  });
  return {
    application: target.application, target, record, inventory, steps: groupByPlace(objects), pruning,
    idle: inventory === record?.inventory && objects.every(object => object.action === 'none') && isSettled(target, record, pruning, objects.length),
  };
}

function planRemoval(facts: ClusterFacts, record: DeliveryRecord): TargetPlan {
  const { desired, owners, isWanted } = facts;
  const observed = observedBy(facts.observed, tenantOf(record.spec));
  const blind = desired.unreadable.length > 0;
  const setId = applySetId(record.application, desired.namespace);
  const inventory = inventoryOf(facts, observed, record.application, setId, record);
  const pruning = planPruning({
    application: record.application, setId, policy: record.spec.prune,
    removed: true, blind, inventory,
    approvals: desired.approvals.get(record.application), owners, isWanted, observed,
  });
  const held = record.status.held?.digest === pruning.held?.digest && pruning.held !== undefined;
  return {
    application: record.application, record, inventory, steps: [], pruning,
    idle: inventory === record.inventory && held && pruning.forgotten.length === 0,
  };
}

/** Whether the record already says all that this plan would make it say. */
function isSettled(target: DesiredTarget, record: DeliveryRecord | undefined, pruning: PruningPlan, objects: number): boolean {
  return record?.status.revision === target.revision
    && canonicalJson(record.spec) === canonicalJson(target.spec)
    && pruning.deletions.length === 0 && pruning.forgotten.length === 0
    && record.status.held?.digest === pruning.held?.digest
    && record.inventory.length === objects + pruning.staying.length;
}

function planObject(object: DesiredObject, target: DesiredTarget, observed: Observed, entry: InventoryEntry | undefined): ObjectPlan {
  const live = observed.live.get(object.key);
  if (!live) {
    const reason = isUnknown(observed, object.id) ? 'unknown' : 'new';
    return { object, action: 'apply', reason, entry };
  }
  if (!belongsTo(live, target.setId)) {
    return { object, action: 'apply', reason: live.labels?.[PART_OF_LABEL] ? 'handed-over' : 'new', entry };
  }
  if (entry?.hash !== object.hash) {
    return { object, action: 'apply', reason: entry?.hash ? 'changed' : 'new', entry };
  }
  if (live.deletionTimestamp || entry.uid !== live.uid || entry.fingerprint !== live.fingerprint || !metadataHolds(object, live)) {
    return { object, action: 'apply', reason: 'drifted', entry };
  }
  return { object, action: entry.look === live.look ? 'none' : 'look', entry };
}

/** Labels and annotations are compared by value: `Pod/binding` overwrites some without a trace in `managedFields`. */
function metadataHolds(object: DesiredObject, live: SeenObject): boolean {
  return holds(object.labels, live.labels) && holds(object.committed.annotations, live.annotations);
}

function holds(wanted: Readonly<Record<string, string>> | undefined, live: Readonly<Record<string, string>> | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => live?.[key] === value);
}

function groupByPlace(objects: readonly ObjectPlan[]): PlanStep[] {
  const steps = new Map<string, { stage: Place['stage']; wave: number; objects: ObjectPlan[] }>();
  for (const plan of objects) {
    const { stage, wave } = plan.object;
    const key = `${stage} ${wave}`;
    const step = steps.get(key) ?? { stage, wave, objects: [] };
    step.objects.push(plan);
    steps.set(key, step);
  }
  return [...steps.values()].sort(comparePlaces);
}
