import { referencesIn, Reference } from './references';
import { change, OverlayStep, Transformation } from './step';
import { copyJson, equalJson, Json, JsonMap } from '../../patch/json';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';
import { RenderedObject } from '../objects';

/** What an object is called and where it lives. */
export interface Place {
  readonly name: string;
  readonly namespace?: string;
}

/** The same, for an overlay. @param also further changes of a copy */
export function rename(step: OverlayStep, transformation: Transformation, placeOf: (manifest: Manifest) => Place, also?: (manifest: Manifest) => void): void {
  moveObjects(step.objects, placeOf, (object, manifest) => change(step, transformation, object, manifest), also);
}

/**
 * Gives objects other names or namespaces, all at once, and lets what refers to them follow.
 *
 * @param changed gets each object that is another now, and what it is
 * @param also further changes of a copy
 */
export function moveObjects(
  objects: readonly RenderedObject[], placeOf: (manifest: Manifest) => Place, changed: (object: RenderedObject, manifest: Manifest) => void,
  also: (manifest: Manifest) => void = () => {},
): void {
  const moves = new Map<string, Move[]>();
  const named = objects.filter(({ manifest }) => typeof manifest.metadata?.name === 'string');
  const places = new Map<RenderedObject, Place>();
  for (const object of named) {
    const { name, namespace } = object.manifest.metadata;
    const to = placeOf(object.manifest);
    places.set(object, to);
    const key = `${kindOf(object.manifest)}/${name}`;
    moves.set(key, [...moves.get(key) ?? [], { from: { name, namespace }, to }]);
  }
  for (const object of named) {
    const manifest = copyJson(object.manifest as JsonMap) as Manifest;
    const { namespace: _, ...metadata } = manifest.metadata;
    const to = places.get(object)!;
    const from = object.manifest.metadata.namespace;
    manifest.metadata = { ...metadata, name: to.name, ...to.namespace === undefined ? {} : { namespace: to.namespace } };
    referencesIn(manifest).forEach(reference => follow(reference, from, moves));
    also(manifest);
    if (!equalJson(manifest as Json, object.manifest as Json)) {
      changed(object, manifest);
    }
  }
}

interface Move {
  readonly from: Place;
  readonly to: Place;
}

/** @param own the namespace of the object that refers, before it moved; absent for one without, which may mean an object of any namespace */
function follow({ holder, key, kinds, withNamespace }: Reference, own: string | undefined, moves: ReadonlyMap<string, readonly Move[]>): void {
  const fields = holder as Record<string | number, unknown>;
  const meant = withNamespace ? fields.namespace as string | undefined : own;
  for (const kind of kinds) {
    const candidates = (moves.get(`${kind}/${String(fields[key])}`) ?? [])
      .filter(({ from }) => from.namespace === undefined || meant === undefined || from.namespace === meant);
    // Which of several is meant cannot be told, unless they go the same way.
    if (candidates.length > 0 && candidates.every(({ to }) => to.name === candidates[0].to.name && to.namespace === candidates[0].to.namespace)) {
      fields[key] = candidates[0].to.name;
      if (withNamespace && candidates[0].to.namespace !== undefined) {
        fields.namespace = candidates[0].to.namespace;
      }
      return;
    }
  }
}

function kindOf({ apiVersion, kind }: Manifest): string {
  return formatGroupKind({ group: groupOf(String(apiVersion)), kind });
}
