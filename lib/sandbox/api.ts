import type { JsonMap, StoredObject } from './json';
import type { ServedResource } from './served-resource';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** A write as admission sees it, after decoding, defaults and the merge of a patch, before it is stored. */
export interface AdmissionRequest {
  readonly operation: Operation;
  readonly resource: ServedResource;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly user: User;
  readonly dryRun: boolean;
  /** What is to be stored; absent with DELETE. Admission may change it in place: it is a copy. */
  readonly object?: StoredObject;
  /** What is stored; absent with CREATE. Never changed. */
  readonly old?: StoredObject;
  /** Takes what the client is to be warned of, for the header `Warning`. @default nobody is told */
  readonly warn?: (message: string) => void;
}

/** A change in a store. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: ServedResource;
  readonly object: StoredObject;
  /** As it was before; absent with ADDED. */
  readonly old?: StoredObject;
}

export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}

export interface DeleteOptions {
  /** @default as the resource has it: Background for most */
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  /** A precondition. */
  readonly uid?: string;
  readonly gracePeriodSeconds?: number;
}

/**
 * One cluster from within its process: what controllers and admission work with. Synchronous, with the same rules as over HTTP (managedFields under `manager`,
 * generation, uid, finalizers, optimistic locking when `resourceVersion` is set), but without authorization.
 *
 * Kinds are named by their group and plural: `deployments.apps`, `pods`.
 *
 * @throws StatusError as a client would get it
 */
export interface ClusterApi {
  readonly now: () => Date;
  tryFind(resource: string, key: ObjectKey): StoredObject | undefined;
  /** Absent namespace: all. Selects by owner, label or a function at no cost beyond the objects of that kind and namespace. */
  list(resource: string, namespace?: string): readonly StoredObject[];
  create(resource: string, object: JsonMap, manager: string): StoredObject;
  /**
   * Replaces what is there.
   *
   * @param subresource `status`, `scale`; `finalize` of a namespace (its `spec.finalizers`); `binding` of a pod (`spec.nodeName` and the condition
   * PodScheduled, without an entry in managedFields). With `status` the spec and the labels stay, annotations are taken as they are sent.
   */
  update(resource: string, object: StoredObject, manager: string, subresource?: string): StoredObject;
  /** A pod that has a node and has not finished only gets its deletionTimestamp, unless `gracePeriodSeconds` is 0. */
  delete(resource: string, key: ObjectKey, options?: DeleteOptions): void;
  /** Tells every change of this resource from now on, each before the request that made it is answered or soon after; returns how to end that. */
  watch(resource: string, listener: (event: StoreEvent) => void): () => void;
  /** Every kind that is served now, one version of each. */
  resources(): readonly ServedResource[];
  /** The kind of this group and plural, or undefined. */
  tryFindResource(resource: string): ServedResource | undefined;
}
