import { CHECKS, isCheckName } from '../../model/checks';
import { AnyFleet } from '../../model/fleet';
import { suggest } from '../../model/suggest';
import { formatIdentity, identityOf, Manifest } from '../../tree/manifest';
import { SKIP_CHECKS_ANNOTATION } from '../../tree/names';
import { RenderedObject } from '../objects';
import { Problem } from '../problem';

/** The checks and rules that an object opts out of, by their names. */
export type Skipped = ReadonlySet<string>;

const NONE: Skipped = new Set();

/** Takes the annotation with which an object opts out of checks off its manifest: it is for the synthesis, and would only be a change to the cluster. */
export function takeSkipped(object: RenderedObject, fleet: AnyFleet): { readonly skipped: Skipped; readonly problem?: Problem } {
  const { origin, manifest } = object;
  const { annotations, ...metadata } = manifest.metadata;
  const text: unknown = annotations?.[SKIP_CHECKS_ANNOTATION];
  if (!annotations || text === undefined) {
    return { skipped: NONE };
  }
  const { [SKIP_CHECKS_ANNOTATION]: taken, ...others } = annotations;
  object.manifest = { ...manifest, metadata: { ...metadata, ...Object.keys(others).length > 0 ? { annotations: others } : {} } } as Manifest;
  const names = String(taken).split(',').map(name => name.trim()).filter(name => name !== '');
  const rules = fleet.rules.map(({ name }) => name);
  const unknown = names.find(name => !isCheckName(name) && !rules.includes(name));
  return {
    skipped: new Set(names),
    problem: unknown === undefined ? undefined : {
      code: 'FLT2323',
      application: origin.application,
      origin,
      what: `${formatIdentity(identityOf(manifest))} opts out of '${unknown}', which is no check and no rule${suggest(unknown, [...Object.keys(CHECKS), ...rules])}`,
      fix: `write names with commas between them: \`${SKIP_CHECKS_ANNOTATION}: missing-secret\``,
    },
  };
}
