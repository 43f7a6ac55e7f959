import type { Selector } from './selector';
import type { DeepPartial } from './values';
import type { JsonPatchOperation } from '../patch/json-patch';
import type { Manifest } from '../tree/manifest';

/**
 * What differs on some of the clusters of an application: its values, or the objects that it rendered. One overlay may hold several changes; they are made
 * in the order `values`, `remove`, `patch`, `images`, `replicas`, `labels`, `annotations`, `namespace`, `namePrefix` and `nameSuffix`.
 */
export type OverlayProps<F, V> = ValuesOverlayProps<F, V> | PatchOverlayProps<F, V> | ChangesOverlayProps<F>;

/** An overlay of a fleet, an environment or a cluster: of all applications there. */
export type SharedOverlayProps<F> = SharedScope<F> & ObjectChanges & (PatchChange | (NoPatch & SomeOf<ObjectChanges>));

/** An overlay that changes values, and perhaps objects. */
export interface ValuesOverlayProps<F, V> extends OverlayScope<F>, ObjectChanges, NoPatch {
  /**
   * The part of the values that differs. Maps are merged, deeply; everything else replaces what was there, arrays too.
   * `undefined` changes nothing; `null` is a value like any other.
   */
  readonly values: DeepPartial<V>;
}

/** An overlay that patches objects, and perhaps changes values and more of the objects. */
export interface PatchOverlayProps<F, V = {}> extends OverlayScope<F>, ObjectChanges, PatchChange {
  /**
   * The part of the values that differs.
   *
   * @default - none
   */
  readonly values?: DeepPartial<V>;
}

/** An overlay that changes objects without a patch. */
export type ChangesOverlayProps<F> = OverlayScope<F> & ObjectChanges & NoPatch & { readonly values?: undefined } & SomeOf<ObjectChanges>;

/** Where an overlay applies. */
export interface OverlayScope<F> {
  /** The clusters. `{}` selects all of them. */
  readonly where: Selector<F>;
  /**
   * Whether it may match nothing. Otherwise a selector or a key that matches no object is an error, on each cluster.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/** Where an overlay of a fleet, an environment or a cluster applies. */
export interface SharedScope<F> {
  /**
   * The clusters, of those in the environment; of an overlay of a cluster, whether it applies.
   *
   * @default - all
   */
  readonly where?: Selector<F>;
  /**
   * Names of the applications.
   *
   * @default - all
   */
  readonly applications?: readonly string[];
  /**
   * Whether it may match nothing. Otherwise a selector or a key that matches no object of any application on any of the clusters is an error.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/** A patch of the objects that it selects. */
export interface PatchChange {
  /** The objects. */
  readonly patch: ObjectSelector;
  /** What changes; see {@link PatchContent}. */
  readonly with: PatchContent;
}

/** An overlay without a patch. */
export interface NoPatch {
  /** Only together with `with`. */
  readonly patch?: undefined;
  /** Only together with `patch`. */
  readonly with?: undefined;
}

/**
 * A function that changes an object in place, is called once an object and must not be asynchronous;
 * a map, which is a strategic merge patch; or a list, which is a JSON Patch (RFC 6902).
 */
export type PatchContent = ((object: PatchedObject) => void) | StrategicMergePatch | readonly JsonPatchOperation[];

/** A part of an object, with the directives of strategic merge patches (`$patch: 'delete'`). Null removes. */
export interface StrategicMergePatch {
  readonly [key: string]: unknown;
}

/** Changes of the objects of an application. */
export interface ObjectChanges {
  /**
   * Objects that are left out.
   *
   * @default - none
   */
  readonly remove?: ObjectSelector | readonly ObjectSelector[];
  /**
   * Images of containers, init containers and ephemeral containers, wherever there is a pod template. A key is the name of an image without tag and digest,
   * or the last segment of it; a value is a tag (`1.4.3`), a digest (`sha256:…`), or a whole other image (`registry.example/web:1.4.3`).
   *
   * @default - as rendered
   */
  readonly images?: Readonly<Record<string, string>>;
  /**
   * Replicas, by the name of a Deployment, a StatefulSet, a ReplicaSet, a ReplicationController, or an object of a custom kind that has `spec.replicas`.
   *
   * @default - as rendered
   */
  readonly replicas?: Readonly<Record<string, number>>;
  /**
   * Labels of all objects and of their pod templates. Selectors stay as they are.
   *
   * @default - as rendered
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Annotations of all objects and of their pod templates.
   *
   * @default - as rendered
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * The namespace of all objects that have one. What refers to them by namespace follows; a Namespace among them takes this name.
   *
   * @default - as rendered
   */
  readonly namespace?: string;
  /**
   * What the names of all objects start with, but for Namespaces, CustomResourceDefinitions and APIServices. References to them follow.
   *
   * @default - nothing
   */
  readonly namePrefix?: string;
  /**
   * What the names of all objects end with, as `namePrefix`.
   *
   * @default - nothing
   */
  readonly nameSuffix?: string;
}

/** Selects objects of an application. All that is given must hold. */
export interface ObjectSelector {
  /** Kind, alone or with its group: `Deployment`, `Certificate.cert-manager.io`. */
  readonly kind: string;
  /**
   * `metadata.name`.
   *
   * @default - any
   */
  readonly name?: string;
  /**
   * `metadata.namespace`.
   *
   * @default - any
   */
  readonly namespace?: string;
  /**
   * Some of `metadata.labels`.
   *
   * @default - any
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A rendered object, open to every change. */
export interface PatchedObject extends Manifest {
  // Kinds are many and patches are short; `unknown` would make each of them a cast.
  [key: string]: any;
}

/** A type of which at least one property is there. */
export type SomeOf<T> = { [K in keyof T]-?: { readonly [_ in K]-?: NonNullable<T[K]> } }[keyof T];

/** An overlay of any scope, as it is at run time. */
export interface AnyOverlayProps extends ObjectChanges {
  readonly where?: object;
  readonly applications?: readonly string[];
  readonly optional?: boolean;
  readonly values?: object;
  readonly patch?: ObjectSelector;
  readonly with?: PatchContent;
}

/** An overlay, and where it was written. */
export interface AddedOverlay {
  /** For messages: `overlays[0] of shop/web`, or the path of the construct. */
  readonly name: string;
  /** The clusters and the change. */
  readonly props: AnyOverlayProps;
  /** As `fleet.ts:12:3`. */
  readonly source?: string;
}
