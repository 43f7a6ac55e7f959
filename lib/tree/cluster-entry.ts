import { FlotillaError } from '../errors';
import { ClusterDocument, DeliveryDocument } from './documents';
import { TreeEntry } from './source';

/** One application on one cluster, as the tree has it. */
export interface DeliveryEntry {
  readonly cluster: string;
  readonly application: string;
  /** `clusters/NAME/APPLICATION.yaml` */
  readonly file: string;
  /** `clusters/NAME/APPLICATION` */
  readonly folder: string;
  /** Git's id of a tree that holds the Delivery and its folder: it changes when either changes, and only then. */
  readonly revision: string;
  /** Absent where the file cannot be read: then `error` says why. */
  readonly document?: DeliveryDocument;
  /** The files of its objects, sorted by path. */
  readonly objectEntries: readonly TreeEntry[];
  /** Why this delivery must not be touched: neither applied nor pruned, because what it should be is not known. */
  readonly error?: FlotillaError;
}

/** One cluster, as the tree has it. */
export interface ClusterEntry {
  readonly name: string;
  /** `clusters/NAME.yaml` */
  readonly file: string;
  /** Absent where the file cannot be read: then `error` says why. */
  readonly document?: ClusterDocument;
  /** Sorted by application. Those that are broken are among them. */
  readonly deliveries: readonly DeliveryEntry[];
  /** Why nothing on this cluster may be touched, in particular no delivery removed that the tree does not show. */
  readonly error?: FlotillaError;
}
