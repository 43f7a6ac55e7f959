import { Stage, StageObject } from './stages';
import { formatIdentity, identityOf } from '../tree/manifest';

/** One object through the stages: undefined where it is not there. */
export type Track = readonly (StageObject | undefined)[];

/**
 * Follows the objects of a target through its stages.
 *
 * An object is the same as long as the same construct or file makes it; where one makes several, as long as its kind, namespace and name stay. What is made
 * by another construct under the same identity is the same, too.
 */
export function tracksOf(stages: readonly Stage[]): Track[] {
  const tracks: (StageObject | undefined)[][] = [];
  stages.forEach(({ objects }, at) => {
    const left = new Set(tracks);
    const rest = new Set(objects);
    for (const key of [both, pathOf, identityText]) {
      const known = unique([...left], track => key(track.findLast(Boolean)!));
      for (const [text, object] of unique([...rest], key)) {
        const track = object && known.get(text);
        if (track) {
          track[at] = object;
          left.delete(track);
          rest.delete(object);
        }
      }
    }
    rest.forEach(object => {
      const track: (StageObject | undefined)[] = [];
      track[at] = object;
      tracks.push(track);
    });
  });
  return tracks.map(track => stages.map((_, at) => track[at]));
}

/** What has a key that nothing else has; nothing for a key that several have. */
function unique<T>(all: readonly T[], key: (each: T) => string): Map<string, T | undefined> {
  const found = new Map<string, T | undefined>();
  all.forEach(each => found.set(key(each), found.has(key(each)) ? undefined : each));
  return found;
}

function both(object: StageObject): string {
  return `${pathOf(object)} ${identityText(object)}`;
}

function pathOf({ origin }: StageObject): string {
  return origin.path;
}

function identityText({ manifest }: StageObject): string {
  return formatIdentity(identityOf(manifest));
}
