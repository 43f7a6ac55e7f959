import { createHash } from 'node:crypto';
import type { ObjectMetadata } from '../kube/metadata';
import { GROUP, API_VERSION } from '../tree/names';

/** The one field manager of all our writes. */
export const FIELD_MANAGER = 'cdk8s-flotilla';

/** On every object of ours: the set that it belongs to. @see https://github.com/kubernetes/enhancements KEP-3659 */
export const PART_OF_LABEL = 'applyset.kubernetes.io/part-of';
/** On the Delivery, the parent of a set: the id of its set. */
export const ID_LABEL = 'applyset.kubernetes.io/id';
/** On the CRD of the parents. */
export const PARENT_TYPE_LABEL = 'applyset.kubernetes.io/is-parent-type';
/** On the parent; anything but `kubectl` keeps kubectl from pruning the set. */
export const TOOLING_ANNOTATION = 'applyset.kubernetes.io/tooling';
export const TOOLING = API_VERSION;
/** On the parent: every group and kind that the set may hold; never fewer than it does hold. */
export const KINDS_ANNOTATION = 'applyset.kubernetes.io/contains-group-kinds';
/** On the parent: the namespaces of its members, but for its own. */
export const NAMESPACES_ANNOTATION = 'applyset.kubernetes.io/additional-namespaces';

/** Id of the set whose parent is the Delivery `name` in `namespace`. */
export function applySetId(name: string, namespace: string): string {
  const hash = createHash('sha256').update(`${name}.${namespace}.Delivery.${GROUP}`).digest('base64url');
  return `applyset-${hash}-v1`;
}

/** Whether the object carries the label of this set. */
export function belongsTo(metadata: { readonly labels?: ObjectMetadata['labels'] } | undefined, setId: string): boolean {
  return metadata?.labels?.[PART_OF_LABEL] === setId;
}
