import { Maker } from './explanation';
import { Stage, StageObject } from './stages';
import { AnyApplication } from '../model/application';
import { AddedOverlay } from '../model/overlay-props';
import { ClusterFacts } from '../synth/placement';
import { constructPath } from '../synth/problem';
import { recordSites } from '../synth/sites';

/** Names what makes and changes objects, with its line. */
export interface Makers {
  /** The construct or source of an object, in a stage that has it. */
  ofObject(object: StageObject, stage: Stage): Maker;
  ofOverlay(overlay: AddedOverlay): Maker;
}

/** Finds the lines on which overlays of one owner were written, by the line of the owner. */
export type FindOverlays = (owner: string | undefined, overlays: readonly object[]) => (string | undefined)[];

/** An overlay that is a construct has a line of its own; one of a list has that of its literal. */
const LISTED = /^overlays\[\d+\] of /;

export function makersOf(application: AnyApplication, facts: ClusterFacts, stages: readonly Stage[], findOverlays: FindOverlays): Makers {
  const sites = new Map<Stage, ReturnType<typeof recordSites>>();
  const lines = new Map<AddedOverlay, string | undefined>();
  const all = new Set<AddedOverlay>([...application.overlays, ...stages.flatMap(({ step, together }) => [...together, ...step ? [step.overlay] : []])]);
  const listed = [...all].filter(({ name }) => LISTED.test(name));
  for (const owner of new Set(listed.map(ownerOf))) {
    const overlays = listed.filter(overlay => ownerOf(overlay) === owner);
    findOverlays(overlays[0].source, overlays.map(({ props }) => props)).forEach((line, i) => lines.set(overlays[i], line));
  }
  return {
    ofObject: ({ origin, construct }, stage) => {
      if (!construct) {
        return { by: 'source', name: constructPath(origin), ...origin.site === undefined ? {} : { site: origin.site } };
      }
      const known = sites.get(stage) ?? recordSites(stage.application, facts);
      sites.set(stage, known);
      const site = known.get(origin.path)?.();
      return { by: 'construct', name: constructPath(origin), ...site === undefined ? {} : { site } };
    },
    ofOverlay: overlay => {
      const site = lines.get(overlay) ?? overlay.source;
      return { by: 'overlay', name: overlay.name, ...site === undefined ? {} : { site } };
    },
  };
}

function ownerOf({ name }: AddedOverlay): string {
  return name.replace(LISTED, '');
}
