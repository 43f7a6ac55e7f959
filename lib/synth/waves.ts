import { IConstruct } from 'constructs';
import { RenderedObject } from './objects';
import { orderConstructs } from './order';
import { constructPath, Origin, Problem } from './problem';
import { AnyApplication } from '../model/application';
import { groupOf, Manifest } from '../tree/manifest';
import { WAVE_ANNOTATION } from '../tree/names';

/** Writes the waves of a target's objects into their annotations, where they are not 0; a wave that is already there is the least. */
export function assignWaves(application: AnyApplication, constructs: readonly IConstruct[], objects: readonly RenderedObject[]): Problem[] {
  const problems: Problem[] = [];
  const given = new Map<RenderedObject, number>();
  const least = new Map<IConstruct, number>();
  for (const object of objects) {
    // The reconciler applies definitions before every wave, and waits until they are served: whoever waits for one
    // has no need of a wave, and one that waits for anything else would never be served in time.
    if (isDefinition(object.manifest)) {
      continue;
    }
    const wave = givenWave(object, problems);
    given.set(object, wave);
    if (object.construct) {
      least.set(object.construct, Math.max(least.get(object.construct) ?? -Infinity, wave));
    }
  }
  const { waves, cycle, outside } = orderConstructs(constructs, least);
  for (const [object, wave] of given) {
    const asked = object.construct && waves.get(object.construct);
    if (asked !== undefined && asked > wave) {
      object.manifest = withWave(object.manifest, asked);
    }
  }
  for (const { construct, dependency } of outside) {
    problems.push(dependencyOutside(application, construct, dependency));
  }
  return cycle ? [...problems, dependencyCycle(application, cycle)] : problems;
}

function isDefinition({ apiVersion, kind }: Manifest): boolean {
  const group = groupOf(String(apiVersion));
  return (kind === 'Namespace' && group === '') || (kind === 'CustomResourceDefinition' && group === 'apiextensions.k8s.io');
}

function givenWave({ origin, manifest }: RenderedObject, problems: Problem[]): number {
  const text: unknown = manifest?.metadata?.annotations?.[WAVE_ANNOTATION];
  if (text === undefined) {
    return 0;
  }
  if (typeof text === 'string' && /^-?\d{1,9}$/.test(text)) {
    return Number(text);
  }
  problems.push({
    code: 'FLT2019',
    application: origin.application,
    origin,
    what: `${manifest.kind} '${manifest.metadata.name}' has the wave ${JSON.stringify(text)}`,
    fix: `set the annotation ${WAVE_ANNOTATION} to an integer in quotes`,
  });
  return 0;
}

function withWave(manifest: Manifest, wave: number): Manifest {
  const { annotations, ...metadata } = manifest.metadata;
  return { ...manifest, metadata: { ...metadata, annotations: { ...annotations, [WAVE_ANNOTATION]: String(wave) } } } as Manifest;
}

function dependencyCycle(application: AnyApplication, cycle: readonly IConstruct[]): Problem {
  const origins = cycle.map((construct): Origin => ({ application, path: construct.node.path }));
  return {
    code: 'FLT2017',
    application,
    origin: origins[0],
    what: `objects wait for each other: ${[...origins, origins[0]].map(constructPath).join(' waits for ')}`,
    fix: 'remove one of these calls of `addDependency`',
  };
}

function dependencyOutside(application: AnyApplication, construct: IConstruct, dependency: string): Problem {
  return {
    code: 'FLT2018',
    application,
    origin: { application, path: construct.node.path },
    what: `${construct.node.path} depends on ${dependency}, which this render did not create`,
    fix: 'order objects of one application here; let applications wait for each other by `dependsOn`',
  };
}
