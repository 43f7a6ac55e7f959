import { setImages } from './images';
import { setAnnotations, setLabels } from './metadata';
import { addPrefix, addSuffix } from './name-affix';
import { setNamespace } from './namespace';
import { patchObjects } from './patch';
import { removeObjects } from './remove';
import { setReplicas } from './replicas';
import { ObserveOverlay, OverlayMatch, OverlayStep, Transformation } from './step';
import { AnyApplication } from '../../model/application';
import { AddedOverlay } from '../../model/overlay-props';
import { RenderedObject } from '../objects';
import { Problem } from '../problem';
import { CustomScopes } from '../scope';

/** In the order in which one overlay makes them. */
const TRANSFORMATIONS: Readonly<Record<Transformation, (step: OverlayStep) => void>> = {
  remove: removeObjects,
  patch: patchObjects,
  images: setImages,
  replicas: setReplicas,
  labels: setLabels,
  annotations: setAnnotations,
  namespace: setNamespace,
  namePrefix: addPrefix,
  nameSuffix: addSuffix,
};

/** What one overlay may change of objects, in the order in which it does. */
export const TRANSFORMATION_ORDER = Object.keys(TRANSFORMATIONS) as readonly Transformation[];

/** What came of the overlays of a target. */
export interface OverlayOutcome {
  readonly problems: readonly Problem[];
  /** What each selector and key matched; what matched nothing is no problem yet, because that depends on other targets. */
  readonly matches: readonly OverlayMatch[];
}

/**
 * Applies overlays to the objects of a target, one after another.
 *
 * @param objects Changed in place: they get other manifests, and may be taken out.
 * @param scopes Of custom kinds, as the fleet says.
 * @param observe Is told of each change.
 */
export function applyOverlays(
  application: AnyApplication, overlays: readonly AddedOverlay[], objects: RenderedObject[], scopes: CustomScopes, observe?: ObserveOverlay,
): OverlayOutcome {
  const problems: Problem[] = [];
  const matches: OverlayMatch[] = [];
  for (const overlay of overlays) {
    const step: OverlayStep = { application, overlay, props: overlay.props, objects, scopes, problems, matches, observe };
    for (const transformation of TRANSFORMATION_ORDER) {
      if (overlay.props[transformation] !== undefined) {
        TRANSFORMATIONS[transformation](step);
      }
    }
  }
  return { problems, matches: matches.filter(({ overlay }) => !overlay.props.optional) };
}
