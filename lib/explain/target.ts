import { FlotillaError } from '../errors';
import { AnyApplication } from '../model/application';
import { AnyFleet } from '../model/fleet';
import { applicationsOf, clustersOf } from '../model/members';
import { listNames, suggest } from '../model/suggest';
import { RenderSources } from '../source/request';
import { sharedOverlays } from '../synth/overlays/scopes';
import { place, Placement } from '../synth/placement';
import { CustomScopes, definedScope, Scope, scopeOf } from '../synth/scope';
import { renderSourcesOf } from '../synth/source-objects';
import { renderObjects } from '../synth/target';

/** One application on one cluster, and what else is there. */
export interface PlacedTarget {
  readonly application: AnyApplication;
  readonly placement: Placement;
}

/**
 * The target that a question is about.
 *
 * @throws FLT2401 for a cluster that the fleet does not have, FLT2402 for an application that the cluster does not have.
 */
export function findTarget(fleet: AnyFleet, question: { readonly cluster: string; readonly application: string }): PlacedTarget {
  const clusters = clustersOf(fleet);
  const cluster = clusters.find(({ name }) => name === question.cluster);
  const names = clusters.map(({ name }) => name);
  if (!cluster) {
    throw new FlotillaError('FLT2401', {
      what: `the fleet '${fleet.name}' has no cluster '${question.cluster}'${suggest(question.cluster, names)}`, fix: `name one of ${listNames(names)}`,
    });
  }
  const all = applicationsOf(fleet);
  const [placement] = place([cluster], all);
  const application = placement.applications.find(({ name }) => name === question.application);
  if (!application) {
    const elsewhere = all.find(({ name }) => name === question.application);
    const placed = placement.applications.map(({ name }) => name);
    throw new FlotillaError('FLT2402', {
      what: elsewhere ? `the application '${elsewhere.name}' is not placed on the cluster '${cluster.name}'`
        : `the fleet '${fleet.name}' has no application '${question.application}'${suggest(question.application, all.map(({ name }) => name))}`,
      where: elsewhere?.source === undefined ? {} : { source: elsewhere.source },
      fix: elsewhere ? `name one of ${listNames(placed)}, or widen its \`placement\`` : `name one of ${listNames(placed)}`,
    });
  }
  return { application, placement };
}

/** What is known of the scopes of custom kinds on the cluster; all of it is rendered only where it matters for the target. */
export function scopesFor({ application, placement }: PlacedTarget, render: RenderSources): CustomScopes {
  const { fleet } = application;
  const declared = new Map<string, Scope>((fleet as AnyFleet).clusterScopedKinds.map(kind => [kind, 'cluster']));
  const objectsOf = (each: AnyApplication) => {
    const sources = renderSourcesOf(each, placement.facts, requests => render(requests, { sourceFolders: fleet.sourceFolders }));
    return renderObjects(each, placement.facts, sources, declared, sharedOverlays(placement.cluster, placement.facts)).objects;
  };
  if (objectsOf(application).every(({ manifest }) => scopeOf(manifest, declared) !== undefined)) {
    return declared;
  }
  const defined = placement.applications.flatMap(objectsOf).flatMap(({ manifest }) => definedScope(manifest) ?? []);
  return new Map([...declared, ...defined.map(({ groupKind, scope }) => [groupKind, scope] as const)]);
}
