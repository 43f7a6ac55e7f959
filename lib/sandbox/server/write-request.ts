import type { User } from '../api';
import type { JsonMap, StoredObject } from '../json';
import type { ServedResource } from '../served-resource';

/** Who writes to what, and how. */
export interface WriteRequest {
  readonly resource: ServedResource;
  readonly subresource?: string;
  /** Absent for what is cluster-wide. */
  readonly namespace?: string;
  readonly user: User;
  /** Of the entry in managedFields. */
  readonly manager: string;
  readonly dryRun: boolean;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** Collects what the answer warns of. */
  readonly warnings: string[];
}

export interface Written {
  readonly object: StoredObject;
  readonly created: boolean;
}

/**
 * Makes the object that shall replace what is stored, in the version of the request.
 * Undefined live: there is nothing yet. Gives live itself: nothing is to change.
 */
export type NextObject = (live: StoredObject | undefined) => JsonMap;
