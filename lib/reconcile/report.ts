import type { FlotillaError } from '../errors';
import type { ApplyReason } from './plan';
import type { ForgetReason } from './plan-pruning';

/** What happened to one object. */
export type ObjectAction =
  | 'created' | 'configured' | 'unchanged' | 'pruned' | 'failed'
  /** An earlier step failed, the run was stopped, or the object is not as it was seen: another run looks at it. */
  | 'skipped'
  /** It left the inventory, and stays in the cluster. */
  | 'released';

export interface ObjectResult {
  /** `Deployment.apps/shop/web` */
  readonly object: string;
  readonly action: ObjectAction;
  readonly reason?: ApplyReason | ForgetReason;
  readonly error?: FlotillaError;
}

/** What became of one application on one cluster. */
export interface TargetResult {
  readonly application: string;
  readonly outcome: 'unchanged' | 'applied' | 'failed' | 'blocked' | 'removed'
    /** Something of it is not ready yet; the rest follows when it is. An agent alone: an apply waits, or does not. */
    | 'waiting';
  /** Id of the target's tree; absent when the application left the tree. */
  readonly revision?: string;
  /** Whether every object is ready; undefined when that was not looked at. */
  readonly ready?: boolean;
  /** What it waits for, or why it failed. */
  readonly message?: string;
  /** Every object that was looked at. */
  readonly objects: readonly ObjectResult[];
  /** Deletions that wait for an approval. */
  readonly held?: { readonly digest: string; readonly objects: readonly string[] };
  readonly errors: readonly FlotillaError[];
}

/** What became of one cluster. */
export interface ClusterResult {
  readonly cluster: string;
  readonly commit?: string;
  readonly targets: readonly TargetResult[];
  /** Trouble of the whole cluster: nothing could be done, or no more. */
  readonly error?: FlotillaError;
  /** Requests that were sent; writes among them (dry runs are none). */
  readonly requests: { readonly total: number; readonly writes: number };
  readonly seconds: number;
}

/** Whether all went well: nothing failed, nothing is blocked. Deletions that are held are no failure. */
export function isFine(result: ClusterResult): boolean {
  return !result.error && result.targets.every(target => target.outcome !== 'failed' && target.outcome !== 'blocked');
}
