import { Rule } from '../health';

/** What is known about some kinds of custom resources, beyond the conventions of the Kubernetes API. */
export interface KnownKind {
  /** An API group; with a dot in front, every group that ends so. */
  readonly group: string;
  /** Kinds of the group. Default: all of them. */
  readonly kinds?: readonly string[];
  /** Kinds of the group that this is not about. */
  readonly except?: RegExp;
  /**
   * What a controller always writes: until it is there, the object is `Progressing`.
   * Default: nothing, an object without status is healthy.
   */
  readonly reports?: 'status' | 'conditions';
  /** A rule of its own, asked after `reports`. Where it does not decide, the conventions do. */
  readonly assess?: Rule;
}
