import { RenderedObject } from './objects';
import { Problem } from './problem';
import { isPromise } from './render';
import { AddedOverlay, AnyApplication } from '../model/application';
import { userFrame } from '../model/call-site';
import { AnyFleet } from '../model/fleet';
import { ObjectSelector, PatchedObject, PatchOverlayProps } from '../model/overlay-props';
import { isMap } from '../model/values';
import { formatGroupKind, groupOf, Manifest } from '../tree/manifest';

/** Applies the patches of overlays to the objects of a target, in place. */
export function applyPatches(
  application: AnyApplication, overlays: readonly AddedOverlay<AnyFleet, object>[], objects: readonly RenderedObject[],
): Problem[] {
  const problems: Problem[] = [];
  for (const overlay of overlays) {
    const props = overlay.props;
    if (props.patch === undefined) {
      continue;
    }
    const matching = objects.filter(({ manifest }) => matches(props.patch, manifest));
    if (matching.length === 0) {
      problems.push(nothingMatches(application, overlay, props.patch, objects));
    }
    for (const object of matching) {
      // A class of the user's may hand out the same object each time.
      object.manifest = copy(object.manifest) as Manifest;
      const problem = patchOne(application, overlay, props, object);
      if (problem) {
        problems.push(problem);
      }
    }
  }
  return problems;
}

function patchOne(
  application: AnyApplication, overlay: AddedOverlay<AnyFleet, object>, props: PatchOverlayProps<AnyFleet>, { origin, manifest }: RenderedObject,
): Problem | undefined {
  try {
    const returned: unknown = props.with(manifest as PatchedObject);
    if (isPromise(returned)) {
      returned.then(undefined, () => {});
      return {
        code: 'FLT2010',
        application,
        origin,
        where: { construct: overlay.name, source: overlay.source },
        what: `the patch ${overlay.name} returns a promise`,
        fix: 'make `with` synchronous: read what it needs before `synth`',
      };
    }
    return undefined;
  } catch (error) {
    return {
      code: 'FLT2009',
      application,
      origin,
      cause: error,
      where: { construct: overlay.name, source: userFrame(error) ?? overlay.source },
      what: `the patch ${overlay.name} threw at ${formatGroupKind({ group: groupOf(manifest.apiVersion), kind: manifest.kind })} '${manifest.metadata.name}'`,
      fix: 'mend the function `with`',
    };
  }
}

function matches({ kind, name, namespace }: ObjectSelector, { apiVersion, kind: objectKind, metadata }: Manifest): boolean {
  return (kind === objectKind || kind === formatGroupKind({ group: groupOf(String(apiVersion)), kind: objectKind }))
    && (name === undefined || name === metadata?.name) && (namespace === undefined || namespace === metadata?.namespace);
}

function nothingMatches(
  application: AnyApplication, overlay: AddedOverlay<AnyFleet, object>, { kind, name, namespace }: ObjectSelector, objects: readonly RenderedObject[],
): Problem {
  const wanted = `${kind}${name === undefined ? '' : ` '${name}'`}${namespace === undefined ? '' : ` in namespace '${namespace}'`}`;
  const ofKind = objects.filter(({ manifest }) => matches({ kind }, manifest)).map(({ manifest }) => `'${manifest.metadata?.name}'`).sort();
  const kinds = [...new Set(objects.map(({ manifest }) => manifest.kind))].sort();
  return {
    code: 'FLT2008',
    application,
    where: { construct: overlay.name, source: overlay.source },
    what: `the patch ${overlay.name} matches no object: there is no ${wanted}`,
    fix: ofKind.length > 0 ? `name one of ${ofKind.join(', ')}, or narrow its \`where\``
      : `patch one of the kinds that ${application.name} has (${kinds.join(', ') || 'none'}), or narrow its \`where\``,
  };
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(copy);
  }
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)])) : value;
}
