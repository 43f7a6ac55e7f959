import { Selector } from './selector';
import { DeepPartial } from './values';
import { Manifest } from '../tree/manifest';

/** A change of values, or a patch of rendered objects, for the clusters that it selects. */
export type OverlayProps<F, V> = ValuesOverlayProps<F, V> | PatchOverlayProps<F>;

/** A change of values for the clusters that it selects. */
export interface ValuesOverlayProps<F, V> {
  /** The clusters. `{}` selects all of them. */
  readonly where: Selector<F>;
  /**
   * The part of the values that differs. Maps are merged, deeply; everything else replaces what was there, arrays too.
   * `undefined` changes nothing; `null` is a value like any other.
   */
  readonly values: DeepPartial<V>;
  /** Not together with `values`. */
  readonly patch?: undefined;
  /** Not together with `values`. */
  readonly with?: undefined;
}

/** A patch of rendered objects on the clusters that it selects. */
export interface PatchOverlayProps<F> {
  /** The clusters. `{}` selects all of them. */
  readonly where: Selector<F>;
  /** The objects. At least one must match, on each cluster that is selected and that the application is placed on. */
  readonly patch: ObjectSelector;
  /** Changes an object in place. It is called once an object and must not be asynchronous. */
  readonly with: (object: PatchedObject) => void;
  /** Not together with `patch`. */
  readonly values?: undefined;
}

/** Selects objects of an application. */
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
}

/** A rendered object, open to every change. */
export interface PatchedObject extends Manifest {
  // Kinds are many and patches are short; `unknown` would make each of them a cast.
  [key: string]: any;
}
