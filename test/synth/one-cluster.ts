import { Chart } from 'cdk8s';
import { load } from 'js-yaml';
import { Application, Cluster, Environment, Fleet, FleetProps, FlotillaError, Manifest } from '../../lib';

/** A fleet `shop` with the cluster `a`, or with more of them. */
export function shop(clusters: readonly string[] = ['a'], clusterScopedKinds: readonly string[] = [], props: Pick<FleetProps<string, {}>, 'checks' | 'sourceFolders'> = {}): Shop {
  const fleet = new Fleet('shop', { environments: ['prod'], labels: { region: ['eu', 'us'] }, clusterScopedKinds, ...props });
  const prod = new Environment(fleet, 'prod');
  clusters.forEach(name => new Cluster(prod, name, { labels: { region: name.startsWith('us') ? 'us' : 'eu' } }));
  return fleet;
}

export type Shop = Fleet<'prod', { readonly region: readonly ['eu', 'us'] }>;

/** An application `web` in the namespace `shop` on every cluster of a fleet. */
export function web(render: (chart: Chart) => void, fleet: Shop = shop()): Shop {
  new Application(fleet, 'web', { namespace: 'shop', placement: {}, render });
  return fleet;
}

/** The objects of a fleet that is to synthesize well, by the paths of their files below `clusters/`. */
export function objectsIn(fleet: Pick<Fleet, 'synthesize'>): Record<string, Manifest> {
  const objects = [...fleet.synthesize().files].filter(([path]) => path.split('/').length > 3);
  return Object.fromEntries(objects.map(([path, content]) => [path.slice('clusters/'.length), load(content) as Manifest]));
}

/** The errors of a fleet that does not synthesize. */
export function errorsOf(fleet: Pick<Fleet, 'synthesize'>): readonly FlotillaError[] {
  try {
    fleet.synthesize();
  } catch (error) {
    if (error instanceof FlotillaError) {
      return error.errors;
    }
    throw error;
  }
  return [];
}
