import { HealthStatus } from './health';

/** What controllers write into `status.phase`, `status.state` and the like, in lower case and without separators. */
const WORDS: Partial<Record<HealthStatus, readonly string[]>> = {
  Healthy: [
    'accepted', 'active', 'applied', 'available', 'bound', 'complete', 'completed', 'compliant', 'connected', 'deployed', 'done', 'enabled', 'finished', 'green',
    'healthok', 'healthy', 'initialized', 'installed', 'issued', 'ok', 'passed', 'provisioned', 'ready', 'running', 'succeeded', 'success', 'successful', 'synced',
    'valid', 'verified',
  ],
  Progressing: [
    'building', 'configuring', 'creating', 'deleting', 'deploying', 'finalising', 'finalizing', 'initializing', 'inprogress', 'installing', 'migrating', 'new',
    'notready', 'pending', 'pendingrerun', 'progressing', 'promoting', 'provisioning', 'queued', 'reconciling', 'restoring', 'scaling', 'scheduling', 'starting',
    'stopping', 'submitted', 'terminating', 'updating', 'upgrading', 'waiting', 'yellow',
  ],
  Degraded: [
    'aborted', 'crashloopbackoff', 'degraded', 'error', 'errored', 'expired', 'failed', 'failing', 'failure', 'healtherr', 'invalid', 'lost', 'noncompliant', 'red',
    'rejected', 'timedout', 'timeout', 'unhealthy', 'warning',
  ],
  Suspended: ['paused', 'stopped', 'suspended'],
  Unknown: ['inconclusive', 'unknown'],
};

const STATUS_OF = new Map(Object.entries(WORDS).flatMap(([status, words]) => words.map(word => [word, status as HealthStatus] as const)));

/** The health that a word, or the first of some, stands for (`ERROR, no such secret`); undefined where it says nothing to us. */
export function statusOfWord(text: string): HealthStatus | undefined {
  return STATUS_OF.get(normalize(text)) ?? STATUS_OF.get(normalize(text.replace(/[,:].*$/s, '')));
}

function normalize(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '');
}
