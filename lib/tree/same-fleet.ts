import { FlotillaError } from '../errors';
import { refuseNewer, isOurs } from './parse';
import { FLEET_FILE } from './paths';
import { at, show } from './shape';
import { parseYaml } from '../yaml/parse';

/**
 * Checks that a tree may take the place of what is there: a tree of the same fleet, not of a newer layout; or no fleet at all.
 *
 * @param before content of the `fleet.yaml` that is there; undefined when there is none
 * @param after content of the new one
 * @param place where, for the message
 * @throws FLT3012 when the file belongs to another fleet or to another program, FLT3006 when its layout is newer
 */
export function checkSameFleet(before: string | undefined, after: string | undefined, place: string): void {
  if (before === undefined || before === after) {
    return;
  }
  const old = parsed(before);
  if (!isOurs(old, 'Fleet')) {
    throw new FlotillaError('FLT3012', {
      what: `${place} has a ${FLEET_FILE} that is not ours: its kind is ${show(at(old, 'kind'))}, its apiVersion ${show(at(old, 'apiVersion'))}`,
      where: { file: FLEET_FILE },
      fix: 'choose another branch or folder, or move that file away',
    });
  }
  refuseNewer(old, FLEET_FILE);
  const oldName = at(old, 'metadata.name');
  const newName = after === undefined ? undefined : at(parsed(after), 'metadata.name');
  if (oldName !== newName) {
    throw new FlotillaError('FLT3012', {
      what: `${place} holds the fleet ${show(oldName)}, not ${show(newName)}`,
      where: { file: FLEET_FILE },
      fix: `choose another branch or folder; when the fleet was renamed, delete the old ${FLEET_FILE} first`,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return parseYaml(text, FLEET_FILE);
  } catch {
    return undefined;
  }
}
