import { KustomizeDirectory, readKustomizeDirectories } from './directories';
import { isDnsLabel } from '../../model/dns-label';
import { ImportedApplication, ImportedCluster, ImportedFleet, ImportedTarget, inRoot, Unmapped } from '../imported-fleet';

/** Folders that say what those below them are, and nothing of any one. */
const GROUPING = new Set(['overlays', 'environments', 'envs', 'clusters', 'instances']);
/** The folders of these are not for clusters: others build on them. */
const BASE = /^(.*-)?base$/;

/** A directory for a cluster: `NAME/ENVIRONMENT/CLUSTER`, `NAME/rings/RING/CLUSTER`, or `NAME/ENVIRONMENT` for all of an environment. */
interface Place {
  readonly path: string;
  readonly component: string;
  readonly environment?: string;
  readonly ring?: string;
  readonly cluster?: string;
}

/**
 * A tree of Kustomize directories as a fleet: each component is an application, each directory that no other one builds on is one of its targets.
 *
 * @param root The folder; the components are in it, or in its folder `components`.
 */
export function importKustomizeTree(root: string): ImportedFleet {
  const directories = readKustomizeDirectories(root);
  const used = new Set(directories.flatMap(({ uses }) => uses));
  const unmapped: Unmapped[] = directories.filter(({ error }) => error !== undefined).map(({ path, error }) => ({ where: path, what: `cannot be read: ${error}` }));
  const places: Place[] = [];
  for (const directory of directories.filter(({ path, error }) => error === undefined && !used.has(path))) {
    const place = placeOf(directory);
    if (typeof place !== 'string') {
      places.push(place);
    } else if (!directory.path.split('/').includes('base') || BASE.test(directory.path.split('/').at(-1)!)) {
      unmapped.push({ where: directory.path, what: place });
    }
  }
  const clusters = clustersOf(places, unmapped);
  return { clusters, applications: applicationsOf(places, clusters, unmapped), unmapped };
}

function placeOf({ path }: KustomizeDirectory): Place | string {
  const parts = path.split('/').filter((part, index) => part !== '' && !(index === 0 && part === 'components'));
  const [component, ...rest] = parts;
  const inner = rest.filter(part => !GROUPING.has(part));
  if (component === undefined || inner.length === 0) {
    return 'is for no environment and no cluster';
  }
  if (inner.some(part => BASE.test(part))) {
    return 'is a base that nothing is built on, and for no cluster';
  }
  if (!isDnsLabel(component) || inner.some(part => !isDnsLabel(part))) {
    return 'has a name that is not a DNS label';
  }
  if (inner[0] === 'rings' || /^ring-?\d+$/.test(inner[0])) {
    const [ring, cluster, ...more] = inner[0] === 'rings' ? inner.slice(1) : inner;
    return cluster === undefined || more.length > 0 ? 'is below a ring, and for no cluster' : { path, component, ring, cluster };
  }
  const [environment, cluster, ...more] = inner;
  return more.length > 0 ? 'is deeper than ENVIRONMENT/CLUSTER' : { path, component, environment, cluster };
}

function clustersOf(places: readonly Place[], unmapped: Unmapped[]): ImportedCluster[] {
  const environments = new Map<string, string>();
  const rings = new Map<string, string>();
  const note = (known: Map<string, string>, { cluster, path }: Place, value: string, what: string): void => {
    const before = known.get(cluster!) ?? value;
    known.set(cluster!, before);
    if (before !== value) {
      unmapped.push({ where: path, what: `puts ${cluster} into the ${what} ${value}, and another directory into ${before}: it is in ${before}` });
    }
  };
  for (const place of places) {
    if (place.cluster !== undefined && place.environment !== undefined) {
      note(environments, place, place.environment, 'environment');
    }
    if (place.cluster !== undefined && place.ring !== undefined) {
      note(rings, place, place.ring, 'ring');
    }
  }
  for (const { environment, cluster } of places) {
    if (cluster === undefined && ![...environments.values()].includes(environment!)) {
      environments.set(environment!, environment!); // an environment without clusters of its own is one
    }
  }
  const ringOf = (name: string): Record<string, string> => (rings.has(name) ? { ring: rings.get(name)! } : {});
  const names = [...new Set([...environments.keys(), ...rings.keys()])].sort();
  return names.map(name => ({ name, environment: environments.get(name) ?? 'default', labels: ringOf(name) }));
}

function applicationsOf(places: readonly Place[], clusters: readonly ImportedCluster[], unmapped: Unmapped[]): ImportedApplication[] {
  return [...new Set(places.map(({ component }) => component))].sort().map(name => {
    const targets = new Map<string, ImportedTarget>();
    const own = places.filter(({ component }) => component === name);
    for (const { path, cluster } of own.filter(place => place.cluster !== undefined)) {
      if (targets.has(cluster!)) {
        unmapped.push({ where: path, what: `is a second directory of ${name} for ${cluster}` });
      } else {
        targets.set(cluster!, target(cluster!, path));
      }
    }
    for (const { path, environment } of own.filter(place => place.cluster === undefined)) {
      clusters.filter(cluster => cluster.environment === environment && !targets.has(cluster.name))
        .forEach(({ name: cluster }) => targets.set(cluster, target(cluster, path)));
    }
    return { name, targets: [...targets.values()].sort((a, b) => (a.cluster < b.cluster ? -1 : 1)) };
  });
}

function target(cluster: string, path: string): ImportedTarget {
  return { cluster, sources: [{ type: 'Kustomization', props: { path: inRoot(path) } }] };
}
