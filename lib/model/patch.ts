import type { KubernetesKinds } from './kinds/kinds';
import type { ObjectSelector, PatchChange, PatchContent, PatchedObject } from './overlay-props';

/** The type of the objects of a kind, as Kubernetes has it; of a kind that is not of Kubernetes, open to every change. */
export type ObjectOfKind<K extends string> = K extends keyof KubernetesKinds ? KubernetesKinds[K] : PatchedObject;

/**
 * A patch whose function knows the type of its objects by their kind, to be spread into an overlay:
 * `{ where: {}, ...patch({ kind: 'Deployment', name: 'web' }, d => { d.spec.minReadySeconds = 30; }) }`.
 *
 * @param selector The objects. A kind alone stands for that of Kubernetes.
 * @param change Changes an object in place. It is called once an object and must not be asynchronous.
 * @returns The properties `patch` and `with` of an overlay.
 */
export function patch<const K extends string>(selector: ObjectSelector & { readonly kind: K }, change: (object: ObjectOfKind<K>) => void): PatchChange {
  return { patch: selector, with: change as PatchContent };
}
