import { AnyApplication } from '../../model/application';
import { AddedOverlay, AnyOverlayProps } from '../../model/overlay-props';
import { Manifest } from '../../tree/manifest';
import { RenderedObject } from '../objects';
import { Problem } from '../problem';
import { CustomScopes } from '../scope';

/** One way in which an overlay changes objects, named as in its props. */
export type Transformation = 'remove' | 'patch' | 'images' | 'replicas' | 'labels' | 'annotations' | 'namespace' | 'namePrefix' | 'nameSuffix';

/** Is told of each object that changed, when it has: `object.manifest` is what it is now. A removed object is as it was. */
export type ObserveOverlay = (overlay: AddedOverlay, transformation: Transformation, object: RenderedObject, before: Manifest) => void;

/** Whether a selector or a key of an overlay matched an object of a target. */
export interface OverlayMatch {
  readonly overlay: AddedOverlay;
  /** What it is that matched or did not: `patch`, `images.web`. */
  readonly key: string;
  /** What to say when it matches nothing anywhere; undefined: it matched. */
  readonly problem?: Problem;
}

/** The objects of a target while an overlay is applied, and what comes of it. */
export interface OverlayStep {
  readonly application: AnyApplication;
  readonly overlay: AddedOverlay;
  readonly props: AnyOverlayProps;
  /** Changed in place: objects get other manifests, and may be taken out. */
  readonly objects: RenderedObject[];
  /** Of custom kinds. */
  readonly scopes: CustomScopes;
  readonly problems: Problem[];
  readonly matches: OverlayMatch[];
  readonly observe?: ObserveOverlay;
}

/** Gives an object another manifest. */
export function change({ overlay, observe }: OverlayStep, transformation: Transformation, object: RenderedObject, manifest: Manifest): void {
  const before = object.manifest;
  object.manifest = manifest;
  observe?.(overlay, transformation, object, before);
}

/** Takes objects out. */
export function remove(step: OverlayStep, transformation: Transformation, removed: ReadonlySet<RenderedObject>): void {
  for (let i = step.objects.length - 1; i >= 0; i--) {
    const object = step.objects[i];
    if (removed.has(object)) {
      step.objects.splice(i, 1);
      step.observe?.(step.overlay, transformation, object, object.manifest);
    }
  }
}

/** Where a problem of an overlay is. */
export function placeOf({ overlay }: Pick<OverlayStep, 'overlay'>): { construct: string; source?: string } {
  return { construct: overlay.name, source: overlay.source };
}
