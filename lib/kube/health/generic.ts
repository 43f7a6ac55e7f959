import { Condition, conditionsOf, isStale, messageOf } from './conditions';
import { at, numberAt, textAt } from './fields';
import { degraded, Health, healthy, KubeObject, progressing, suspended } from './health';
import { statusOfWord } from './words';

/** Says whether an object does what it is for; the first that it has counts. */
const MAIN = [
  'Ready', 'Available', 'Healthy', 'Succeeded', 'Successful', 'Complete', 'Completed', 'Established', 'Programmed', 'Accepted', 'Deployed',
];
/** Says that something without which the object is not well is in order: `Synced`, `ResolvedRefs`, `PodsHealthy`. */
const NEEDED = /^(?:Synced|Accepted|Programmed|Installed|Valid|ResolvedRefs|Deployed|\w*Healthy|\w*UpToDate|\w*UpgradeSucceeded)$/;
/** Bad news when true: `Stalled`, `Degraded`, `FetchFailed`, `ErrorOccurred`, `ACK.Terminal`. */
const BAD = /^(?:Stalled|Degraded|Invalid\w*|Error\w*|[\w.]*(?:Error|Failed|Failure|Terminal))$/;
/** Work is going on when true: `Reconciling`, `Issuing`, `RolloutProgressing`. */
const BUSY = /^(?:Reconciling|Issuing|Pending|\w*(?:Progressing|Updating|Upgrading|Creating))$/;
/** Stopped on purpose when true. */
const PAUSED = /^(?:Paused|Suspended)$/;

/** Reasons of a condition that is not true yet, but may become so by itself. */
const PASSING = /progressing|in_?progress|pending|creating|updating|reconciling|waiting|initializ|^init$|starting|installing|provisioning|scheduling|notready$|^unknown$/i;
/** Reasons of a busy condition that is over: a Deployment's `Progressing` stays true with `NewReplicaSetAvailable`. */
const OVER = /Available$|Complete$|Completed$/;
/** Reasons of a busy condition that works on its own failure: Flux's `ProgressingWithRetry`. */
const RETRY = /WithRetry$/;
/** Reasons that end it, whatever the condition. */
const FATAL = /^ProgressDeadlineExceeded$|Aborted$/;

/** Where controllers write a word about the whole object. */
const WORD_FIELDS: ReadonlyArray<readonly string[]> = [
  ['phase'], ['state'], ['health'], ['status'], ['overallStatus'], ['compliant'], ['applicationState', 'state'], ['jobStatus', 'state'],
];
/** Where they write what is wrong. */
const ERROR_FIELDS: ReadonlyArray<readonly string[]> = [
  ['failureMessage'], ['failureReason'], ['errorMessage'], ['errorDescription'], ['error'], ['error', 'message'],
];
/** Kinds that end: to run is not enough for them. */
const RUNS_TO_AN_END = /(?:Run|Job|Workflow|Experiment|Task|Build|Backup|Restore|Migration)$/;

/**
 * The health of an object of a kind that we know nothing about, from what the conventions of the Kubernetes API let a
 * controller report: `observedGeneration`, conditions, a phase, an error, counts of replicas. One that reports nothing
 * is healthy, for most that have no status never will.
 */
export function assessGeneric(object: KubeObject): Health {
  if (['suspend', 'suspended', 'paused'].some(field => at(object, 'spec', field) === true)) {
    return suspended('suspended in the spec');
  }
  if (isStale(object)) {
    return progressing('the newest spec has not been observed yet');
  }
  return assessConditions(object) ?? assessWords(object) ?? assessError(object) ?? assessFlags(object) ?? assessReplicas(object) ?? healthy();
}

/** The health that conditions tell; undefined where there are none that tell. */
export function assessConditions(object: KubeObject): Health | undefined {
  const conditions = conditionsOf(object);
  const find = (test: (condition: Condition) => boolean) => conditions.find(test);
  const bad = find(({ type, status }) => status === 'True' && BAD.test(type)) ?? find(({ reason, status }) => status !== 'True' && FATAL.test(reason ?? ''));
  if (bad) {
    return degraded(messageOf(bad));
  }
  const paused = find(({ type, status }) => status === 'True' && PAUSED.test(type));
  if (paused) {
    return suspended(messageOf(paused));
  }
  const main = MAIN.map(name => find(({ type }) => type === name)).find(condition => condition !== undefined) ?? tryFindNotReady(conditions);
  const busy = find(isBusy);
  const missing = find(condition => condition !== main && NEEDED.test(condition.type) && isRefused(condition));
  if (missing) {
    return degraded(messageOf(missing));
  }
  if (main && (busy === undefined ? isRefused(main) : main.status === 'False' && RETRY.test(busy.reason ?? ''))) {
    return degraded(messageOf(main));
  }
  const open = busy ?? [main, ...conditions.filter(({ type }) => NEEDED.test(type))].find(condition => condition !== undefined && condition.status !== 'True');
  return open ? progressing(messageOf(open)) : main && healthy(main.message);
}

/** Strimzi says `NotReady` is true where others say that `Ready` is false. */
function tryFindNotReady(conditions: readonly Condition[]): Condition | undefined {
  const found = conditions.find(({ type, status }) => type === 'NotReady' && status === 'True');
  return found && { ...found, status: 'False' };
}

function isBusy({ type, status, reason }: Condition): boolean {
  // Operators made with Ansible: `Running` is true forever, its reason changes.
  return status === 'True' && ((BUSY.test(type) && !OVER.test(reason ?? '')) || (type === 'Running' && reason === 'Running'));
}

/** Whether a condition says no, and says why: one without words has just been created. */
function isRefused({ status, reason, message }: Condition): boolean {
  return status === 'False' && !PASSING.test(reason ?? '') && Boolean(reason || message);
}

function assessWords(object: KubeObject): Health | undefined {
  for (const field of WORD_FIELDS) {
    const word = textAt(object, 'status', ...field);
    const status = word === undefined ? undefined : statusOfWord(word);
    if (word !== undefined && status !== undefined) {
      const runs = status === 'Healthy' && /^running$/i.test(word) && RUNS_TO_AN_END.test(object.kind);
      return { status: runs ? 'Progressing' : status, message: textAt(object, 'status', 'message') ?? word };
    }
  }
  return undefined;
}

function assessError(object: KubeObject): Health | undefined {
  const error = ERROR_FIELDS.map(field => textAt(object, 'status', ...field)).find(text => text);
  return error === undefined ? undefined : degraded(error);
}

function assessFlags(object: KubeObject): Health | undefined {
  const flag = ['ready', 'readyToUse'].find(field => typeof at(object, 'status', field) === 'boolean');
  return flag === undefined ? undefined : at(object, 'status', flag) ? healthy() : progressing(`${flag} is false`);
}

function assessReplicas(object: KubeObject): Health | undefined {
  const wanted = numberAt(object, 'spec', 'replicas');
  const ready = numberAt(object, 'status', 'readyReplicas') ?? numberAt(object, 'status', 'availableReplicas');
  if (wanted === undefined || ready === undefined) {
    return undefined;
  }
  return ready < wanted ? progressing(`${ready} of ${wanted} replicas are ready`) : healthy();
}
