import { apiServerControllers } from './api-server-controllers';
import { Cluster } from './cluster';
import type { Controller, KeysOf } from './controller';
import { createNodes } from './nodes';
import type { ControllerOptions } from './options';
import type { ClusterApi, StoreEvent } from '../api';
import { resourceName } from '../served-resource';

export interface Controllers {
  /** Ends all that is under way. */
  stop(): void;
  /**
   * Resolves when the cluster has come to rest: nothing changes any more but by a request or by a deadline (a restart of what crashes, a progress
   * deadline, a TTL).
   */
  idle(): Promise<void>;
}

type Route = readonly [controller: Controller, keysOf: KeysOf];

type Routes = ReadonlyMap<string, readonly Route[]>;

/** Who listens to a resource: the same for all clusters. */
const apiServerRoutes = routesOf(apiServerControllers);
let allRoutes: Routes | undefined;

/** A cluster that only stores is there sooner without them. */
function findAllRoutes(): Routes {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return allRoutes ??= routesOf((require('./controllers') as typeof import('./controllers')).controllers);
}

function routesOf(listeners: readonly Controller[]): Routes {
  const routes = new Map<string, Route[]>();
  for (const controller of listeners) {
    for (const [resource, keysOf] of Object.entries(controller.on)) routes.set(resource, [...routes.get(resource) ?? [], [controller, keysOf]]);
  }
  return routes;
}

const NONE: readonly Route[] = [];

/**
 * Starts what kube-controller-manager, kube-scheduler and the kubelets do in a cluster, in time-lapse and without containers.
 *
 * They act on changes and never poll; a cluster in which nothing happens costs no time. Left out: CronJobs fire no Job (as if suspended), a
 * HorizontalPodAutoscaler does nothing, Nodes are always healthy, no Event objects are written.
 */
export function startControllers(api: ClusterApi, options: ControllerOptions = {}): Controllers {
  const cluster = new Cluster(api, options);
  const routes = options.apiServerOnly ? apiServerRoutes : findAllRoutes();
  const watched = new Map<string, () => void>();

  const tell = (event: StoreEvent): void => {
    cluster.note(event);
    for (const [controller, keysOf] of routes.get(resourceName(event.resource)) ?? NONE) {
      for (const key of keysOf(event, cluster)) cluster.enqueue(controller, key);
    }
    for (const [controller, keysOf] of routes.get('*') ?? NONE) {
      for (const key of keysOf(event, cluster)) cluster.enqueue(controller, key);
    }
    if (event.resource.plural === 'customresourcedefinitions') setImmediate(watchAll);
  };

  /** Watches what is served now; a CustomResourceDefinition may have brought something or taken it away. */
  const watchAll = (): void => {
    if (stopped) return;
    const served = new Set<string>();
    for (const resource of api.resources()) {
      const key = resourceName(resource);
      served.add(key);
      if (watched.has(key) || !resource.verbs.includes('list')) continue;
      watched.set(key, api.watch(key, tell));
      for (const object of api.list(key)) tell({ type: 'ADDED', resource, object });
    }
    for (const [key, end] of watched) {
      if (served.has(key)) continue;
      end();
      watched.delete(key);
    }
  };

  let stopped = false;
  watchAll();
  if (!options.apiServerOnly) createNodes(cluster);
  return {
    idle: () => cluster.idle(),
    stop: () => {
      stopped = true;
      for (const end of watched.values()) end();
      cluster.stop();
    },
  };
}
