import { redact } from './redact';
import type { AgentState } from '../reconcile/agent/events';

/** What a probe answers: the HTTP status, and the body as JSON. */
export interface ProbeResult {
  readonly status: 200 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

/** So many clusters are named in an answer: kubelets and people read it. */
const MAX_NAMED = 50;

/**
 * Whether the process is alive: its loop went round lately. A restart can mend nothing else, so nothing else counts.
 *
 * @param ageMs milliseconds since the loop last went round; undefined when nobody tells, then answering at all is enough
 */
export function probeHealth(ageMs: number | undefined, maxAgeMs: number): ProbeResult {
  if (ageMs === undefined) {
    return { status: 200, body: { healthy: true } };
  }
  // What is not a number is no sign of life.
  const healthy = ageMs <= maxAgeMs;
  const reason = healthy ? {} : { reason: `the loop has not gone round for ${(ageMs / 1000).toFixed(1)} seconds; ${maxAgeMs / 1000} are allowed` };
  return { status: healthy ? 200 : 503, body: { healthy, ...reason } };
}

/**
 * Whether the agent knows what it has to do: the source was read, and of every cluster is known how it stands.
 *
 * A cluster that is down is known to be, and makes nothing unready: the agent still serves the others.
 */
export function probeReadiness({ commit, sourceError, clusters }: AgentState): ProbeResult {
  const starting = clusters.filter(({ state }) => state === 'starting').map(({ cluster }) => cluster);
  const down = clusters.filter(({ state }) => state === 'down').map(({ cluster }) => cluster);
  const problem = sourceError && `${sourceError.code} ${redact(sourceError.what)}`;
  const reasons = [
    ...(commit === undefined ? [`the source has not been read yet${problem ? `: ${problem}` : ''}`] : []),
    ...(starting.length > 0 ? [`of ${starting.length} of ${clusters.length} clusters nothing is known yet: ${name(starting)}`] : []),
    // The one cluster of an agent. A hub that has none because others hold them all is fine.
    ...(commit !== undefined && clusters.length === 0 && sourceError?.errors.some(({ code }) => code === 'FLT6007') ? [`nothing is delivered: ${problem}`] : []),
  ];
  const ready = reasons.length === 0;
  return {
    status: ready ? 200 : 503,
    body: {
      ready, ...(commit === undefined ? {} : { commit }), ...(ready ? {} : { reasons }),
      clusters: clusters.length, ...(down.length > 0 ? { down: down.slice(0, MAX_NAMED) } : {}),
      ...(problem && commit !== undefined ? { sourceError: problem } : {}),
    },
  };
}

function name(clusters: readonly string[]): string {
  return clusters.slice(0, MAX_NAMED).join(', ') + (clusters.length > MAX_NAMED ? ', …' : '');
}
