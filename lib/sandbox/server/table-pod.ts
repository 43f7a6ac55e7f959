import type { Json, JsonMap, StoredObject } from '../json';
import { age } from './table-age';
import { count, map, maps, text } from './table-cells';

/** What the columns of a Pod say; one look at its containers gives most of it. */
export interface PodSummary {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

/** Containers that run beside the others from the start. */
function isSidecar(container: JsonMap | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

export function summarizePod(pod: StoredObject, now: Date): PodSummary {
  const spec = map(pod.spec);
  const status = map(pod.status);
  const initContainers = maps(spec.initContainers);
  const conditions = maps(status.conditions);
  const total = maps(spec.containers).length + initContainers.filter(isSidecar).length;
  let reason = text(status.reason, text(status.phase));
  if (conditions.some(each => each.type === 'PodScheduled' && each.reason === 'SchedulingGated')) reason = 'SchedulingGated';

  const init = summarizeInit(maps(status.initContainerStatuses), initContainers);
  let { ready, restarts, last } = init;
  if (init.reason) reason = init.reason;
  if (!init.reason || conditions.some(each => each.type === 'Initialized' && each.status === 'True')) {
    ({ restarts, last } = init.sidecars);
    let running = false;
    let failure = '';
    for (const container of maps(status.containerStatuses).reverse()) {
      const state = map(container.state);
      restarts += count(container.restartCount);
      last = later(last, finishedAt(container));
      const waiting = text(map(state.waiting).reason);
      if (waiting) {
        reason = waiting;
      } else if (state.terminated) {
        reason = endOf(map(state.terminated));
        if (count(map(state.terminated).exitCode) !== 0) failure = reason;
      } else if (container.ready === true && state.running) {
        running = true;
        ready++;
      }
    }
    if (reason === 'Completed') {
      if (running && conditions.some(each => each.type === 'Ready' && each.status === 'True')) reason = 'Running';
      else if (failure) reason = failure;
      else if (running) reason = 'NotReady';
    }
  }
  if (pod.metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') reason = 'Terminating';
  }
  return { ready: `${ready}/${total}`, status: reason, restarts: restarts > 0 && last ? `${restarts} (${age(last, now)} ago)` : String(restarts) };
}

function summarizeInit(statuses: readonly JsonMap[], containers: readonly JsonMap[]) {
  const found = { ready: 0, restarts: 0, last: undefined as string | undefined, reason: '', sidecars: { restarts: 0, last: undefined as string | undefined } };
  for (const [i, container] of statuses.entries()) {
    const sidecar = isSidecar(containers.find(({ name }) => name === container.name));
    found.restarts += count(container.restartCount);
    found.last = later(found.last, finishedAt(container));
    if (sidecar) {
      found.sidecars.restarts += count(container.restartCount);
      found.sidecars.last = later(found.sidecars.last, finishedAt(container));
    }
    const state = map(container.state);
    const terminated = state.terminated ? map(state.terminated) : undefined;
    if (terminated && count(terminated.exitCode) === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready === true) found.ready++;
      continue;
    }
    const waiting = text(map(state.waiting).reason);
    if (terminated) found.reason = `Init:${endOf(terminated)}`;
    else if (waiting && waiting !== 'PodInitializing') found.reason = `Init:${waiting}`;
    else found.reason = `Init:${i}/${containers.length}`;
    break;
  }
  return found;
}

function endOf({ reason, signal, exitCode }: JsonMap): string {
  if (text(reason)) return text(reason);
  return count(signal) !== 0 ? `Signal:${count(signal)}` : `ExitCode:${count(exitCode)}`;
}

function finishedAt(container: JsonMap): Json | undefined {
  return map(map(container.lastState).terminated).finishedAt;
}

function later(a: string | undefined, b: Json | undefined): string | undefined {
  return typeof b === 'string' && (a === undefined || b > a) ? b : a;
}

export function readinessGates({ spec, status }: StoredObject): string {
  const gates = maps(map(spec).readinessGates);
  if (gates.length === 0) return '<none>';
  const conditions = maps(map(status).conditions);
  return `${gates.filter(gate => conditions.find(each => each.type === gate.conditionType)?.status === 'True').length}/${gates.length}`;
}
