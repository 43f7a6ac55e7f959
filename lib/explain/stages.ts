import type { ApiObject } from 'cdk8s';
import type { PlacedTarget } from './target';
import { AnyApplication } from '../model/application';
import { AddedOverlay } from '../model/overlay-props';
import { RenderSources } from '../source/request';
import { checkIdentity, settleNamespace } from '../synth/check-object';
import { TRANSFORMATION_ORDER } from '../synth/overlays/apply';
import { overlaysOn, sharedOverlays } from '../synth/overlays/scopes';
import { Origin, Problem } from '../synth/problem';
import { CustomScopes, scopeOf } from '../synth/scope';
import { renderSourcesOf } from '../synth/source-objects';
import { renderObjects } from '../synth/target';
import { overlaysFor } from '../synth/values';
import { Manifest } from '../tree/manifest';

/** The objects of a target after one more step. */
export interface Stage {
  /** What the step was; absent at the start, where there is no overlay yet. */
  readonly step?: { readonly overlay: AddedOverlay; readonly change: string };
  /** Steps before it that cannot stand without it: with them alone, there are no objects. */
  readonly together: readonly AddedOverlay[];
  readonly objects: readonly StageObject[];
  /** The application as it is in this stage. */
  readonly application: AnyApplication;
}

/** An object in one stage. */
export interface StageObject {
  readonly origin: Origin;
  /** Absent for an object of a source. */
  readonly construct?: ApiObject;
  /** What a source gave, without the namespace that synth adds; absent for the object of a construct. */
  readonly given?: Manifest;
  readonly manifest: Manifest;
}

/** What an overlay says of itself, and no change. */
const ABOUT = ['where', 'applications', 'optional'];

/**
 * Renders a target again and again, each time with one more change of its overlays: those of values first, because objects are made from them, then those of
 * objects. The last stage is what is committed.
 *
 * @returns The stages, and what is wrong with the last one.
 */
export function stagesOf(
  { application, placement: { cluster, facts } }: PlacedTarget, scopes: CustomScopes, render: RenderSources,
): { readonly stages: readonly Stage[]; readonly problems: readonly Problem[] } {
  const shared = overlaysOn(application, sharedOverlays(cluster, facts));
  const own = overlaysFor(application, facts);
  const overlays = [...own, ...shared];
  const changes = [
    ...overlays.filter(({ props }) => props.values !== undefined).map(overlay => ({ overlay, change: 'values' })),
    ...overlays.flatMap(overlay => changesOfObjects(overlay).map(change => ({ overlay, change }))),
  ];
  const stages: Stage[] = [];
  let problems: readonly Problem[] = [];
  let waiting: AddedOverlay[] = [];
  for (let count = 0; count <= changes.length; count++) {
    const step = count > 0 ? changes[count - 1] : undefined;
    const soFar = changes.slice(0, count);
    const done = (of: readonly AddedOverlay[]) => soFar.filter(({ overlay }) => of.includes(overlay)).map(({ overlay, change }) => only(overlay, change));
    const partly = withOverlays(application, done(own));
    const sources = renderSourcesOf(partly, facts, requests => render(requests, { sourceFolders: application.fleet.sourceFolders }));
    const given = new Map(sources.objects.map(object => [object, object.manifest]));
    const target = renderObjects(partly, facts, sources, scopes, done(shared));
    problems = [...target.problems, ...target.objects.flatMap(object => checkIdentity(object) ?? [])];
    if (sources.problems.length > 0 || (target.objects.length === 0 && problems.length > 0)) {
      if (step) {
        waiting.push(step.overlay);
      } else {
        // Values that are not complete before the first overlay: it all starts from nothing.
        stages.push({ together: [], objects: [], application: partly });
      }
      continue;
    }
    const objects = target.objects.filter(object => !checkIdentity(object)).map(object => {
      settleNamespace(object, scopeOf(object.manifest, scopes));
      return { origin: object.origin, construct: object.construct, manifest: object.manifest, given: given.get(object) };
    });
    stages.push({ step, together: waiting, application: partly, objects });
    waiting = [];
  }
  return { stages, problems };
}

/** The changes of objects that an overlay makes, in the order in which they apply. */
function changesOfObjects({ props }: AddedOverlay): string[] {
  const given = props as unknown as Readonly<Record<string, unknown>>;
  return TRANSFORMATION_ORDER.filter(change => given[change] !== undefined);
}

/** One change of an overlay, for the same clusters. */
function only(overlay: AddedOverlay, change: string): AddedOverlay {
  const props = Object.fromEntries(Object.entries(overlay.props).filter(([key]) => key === change || ABOUT.includes(key) || (change === 'patch' && key === 'with')));
  return { name: overlay.name, props: props as unknown as AddedOverlay['props'], get source() { return overlay.source; } };
}

/** The application as it would be with other overlays. It itself stays as it is. */
function withOverlays(application: AnyApplication, overlays: readonly AddedOverlay[]): AnyApplication {
  return Object.create(application, { overlays: { value: overlays } }) as AnyApplication;
}
