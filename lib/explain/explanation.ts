import { ObjectIdentity } from '../tree/manifest';

/** Which object, and which part of it. */
export interface Question {
  /** Name of the cluster. */
  readonly cluster: string;
  /** Name of the application. */
  readonly application: string;
  /** Kind and name as kubectl takes them: `deployment/web`, `deployments.apps/web`, `deploy/web`; or as messages have them: `Deployment.apps/shop/web`. */
  readonly object: string;
  /**
   * Namespace of the object.
   *
   * @default - any, as long as one object alone is called so
   */
  readonly namespace?: string;
  /**
   * A field, or a part of the object with fields in it: `spec.replicas`, `spec.template.spec.containers[server].image`, `metadata.labels`.
   *
   * @default - all fields
   */
  readonly field?: string;
}

/** Where an object's fields come from. */
export interface Explanation {
  /** Name of the fleet. */
  readonly fleet: string;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Name of the application. */
  readonly application: string;
  /** The object as it is committed; as it was last when an overlay removed it. */
  readonly object: ObjectIdentity;
  /** Path of its file in the tree; absent when an overlay removed it. */
  readonly file?: string;
  /** The construct or source that makes it. */
  readonly madeBy: Maker;
  /** The overlay without which it would not be there; absent for an object that is there before any overlay. */
  readonly addedBy?: Step;
  /** What removed it; absent for an object that is committed. */
  readonly removedBy?: Step;
  /** The fields that were asked for, in the order of their paths' parts. */
  readonly fields: readonly ExplainedField[];
}

/** What makes an object, or changes one. */
export interface Maker {
  /**
   * `construct` of a `render`, or `source` of the application; `overlay`; or `synth`, which adds the namespace of the application, and the wave where objects
   * wait for each other.
   */
  readonly by: 'construct' | 'source' | 'overlay' | 'synth';
  /** `shop/web/deployment`; `shop/ingress/sources[0]/templates/deployment.yaml`; `overlays[2] of shop/web`; `namespace`, `wave`. */
  readonly name: string;
  /** The line of the program, as `fleet.ts:12:3` relative to the working directory; for an overlay whose text is not to be found, the line of its owner. */
  readonly site?: string;
}

/** What one construct, source or overlay did to a field. */
export interface Step extends Maker {
  /** What of an overlay did it: `values`, `patch`, `images`, … */
  readonly change?: string;
  /** Overlays that changed it together with this one: without it, what `render` gets from them makes no objects. */
  readonly together?: readonly Maker[];
  /** The value before; absent where there was none, and in the first step. */
  readonly before?: unknown;
  /** The value after; absent where there is none. */
  readonly after?: unknown;
}

/** A field, and how it came to its value. */
export interface ExplainedField {
  /** Items of a list have the names that tell them apart: `spec.template.spec.containers[server].image`. */
  readonly path: string;
  /** What is committed: a text, a number, a boolean, null, a list of those, or an empty map. Absent for a field that an overlay removed. */
  readonly value?: unknown;
  /** True where the field stands for the order of a list: its value is the names of the items. */
  readonly order?: boolean;
  /** The construct or source first, then all that changed it; the last one's `after` is the value. */
  readonly steps: readonly Step[];
}
