import { AnyApplication } from '../../../lib/model/application';
import { AnyOverlayProps } from '../../../lib/model/overlay-props';
import { RenderedObject } from '../../../lib/synth/objects';
import { applyOverlays } from '../../../lib/synth/overlays/apply';
import { ObserveOverlay } from '../../../lib/synth/overlays/step';
import { Manifest } from '../../../lib/tree/manifest';

/** What of an application overlays look at. */
const APPLICATION = { name: 'web', fleet: { name: 'shop' } } as AnyApplication;

export function objectsOf(manifests: readonly object[]): RenderedObject[] {
  return manifests.map((manifest, i) => ({ origin: { application: APPLICATION, path: `web/${i}` }, manifest: structuredClone(manifest) as Manifest }));
}

/** The manifests after one overlay; an error of it is thrown. */
export function overlaid(manifests: readonly object[], props: AnyOverlayProps, observe?: ObserveOverlay): Manifest[] {
  const objects = objectsOf(manifests);
  const { problems, matches } = applyOverlays(APPLICATION, [{ name: 'overlays[0] of shop/web', props }], objects, new Map(), observe);
  const wrong = [...problems, ...matches.flatMap(({ problem }) => problem ?? [])];
  if (wrong.length > 0) {
    throw new Error(wrong.map(({ code, what, fix }) => `${code} ${String(what)}; ${fix}`).join('\n'));
  }
  return objects.map(({ manifest }) => manifest);
}
