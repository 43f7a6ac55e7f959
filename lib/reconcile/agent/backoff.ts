import type { FlotillaError } from '../../errors';
import { isMissingNamespace, isRetryable, isTerminatingDefinition, isTerminatingNamespace } from '../../kube/classify';
import { about, growing } from '../../kube/pauses';

const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
/** What only a change of the tree or of somebody's rights can mend is tried again so seldom. */
const HOPELESS_MS = 10 * 60_000;
/** Errors of our own that pass by themselves: a kind that comes, an object that goes, one that keeps changing. */
const PASSING = new Set(['FLT5104', 'FLT5206', 'FLT5207', 'FLT5208']);

/** How long a delivery waits after failures, each on its own. */
export class Backoff {
  private readonly failures = new Map<string, number>();

  /** How long until it is tried again, in milliseconds. */
  public after(key: string, errors: readonly FlotillaError[], random = Math.random): number {
    if (!errors.some(error => error.errors.some(mayPass))) {
      return about(HOPELESS_MS, random);
    }
    const failures = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, failures);
    return about(growing(FIRST_MS, failures, LONGEST_MS), random);
  }

  public forget(key: string): void {
    this.failures.delete(key);
  }
}

/** Whether the same request may succeed later, though nobody changes the tree. */
function mayPass(error: FlotillaError): boolean {
  const { cause } = error;
  return PASSING.has(error.code)
    || isMissingNamespace(cause) !== undefined || [isRetryable, isTerminatingNamespace, isTerminatingDefinition].some(is => is(cause));
}
