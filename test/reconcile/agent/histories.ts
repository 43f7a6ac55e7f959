import type { Manifest } from '../../../lib/tree/manifest';
import { PRUNE_ANNOTATION } from '../../../lib/tree/names';
import { a, WrittenApplication, WrittenFleet } from '../written-tree';

/** What is committed one after the other, and what may be deleted on the way. */
export interface History {
  readonly title: string;
  /** What is there before the first request that counts; absent when nothing is. */
  readonly before?: (ns: string) => WrittenFleet;
  /** The commits that follow, each when the one before is worked off. */
  readonly commits: readonly ((ns: string) => WrittenFleet)[];
  /** As `configmaps/a`; NS is the namespace. */
  readonly deletes: readonly string[];
  /** The clusters of the tree. @default one */
  readonly clusters?: readonly string[];
}

/** Applications of the cluster `one`. */
function one(applications: (ns: string) => Readonly<Record<string, WrittenApplication>>): (ns: string) => WrittenFleet {
  return ns => ({ one: applications(ns) });
}

function maps(ns: string, names: string, key = '1'): Manifest[] {
  return names.split(' ').map(name => a.configMap(name, { key }, ns));
}

function removable(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations: { [PRUNE_ANNOTATION]: 'delete' } } };
}

/** The server refuses it, whatever is done. */
function invalid(name: string, ns: string): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: ns }, data: { '/': 'no key has a slash' } };
}

const ALL = { prune: { budget: 100 } };

export const HISTORIES: readonly History[] = [
  {
    title: 'first install with definitions',
    commits: [one(ns => ({
      web: {
        objects: [a.namespace(ns), ...maps(ns, 'a'), a.service('web', ns), a.crd('gears', 'Gear', `${ns}.example`),
          { apiVersion: `${ns}.example/v1`, kind: 'Gear', metadata: { name: 'gear', namespace: ns }, spec: { size: 1 } }],
      },
      api: { objects: maps(ns, 'api'), spec: { dependsOn: ['web'] } },
    }))],
    deletes: [],
  },
  {
    title: 'upgrade',
    before: one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a b stays'), a.service('web', ns)] } })),
    commits: [one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a b', '2'), ...maps(ns, 'stays fresh'), a.service('web', ns)] } }))],
    deletes: [],
  },
  {
    title: 'prune',
    before: one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a b c'), a.service('web', ns)], spec: ALL } })),
    commits: [one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a')], spec: ALL } }))],
    deletes: ['configmaps/b', 'configmaps/c', 'services/web'],
  },
  {
    title: 'hand-over between applications',
    before: one(ns => ({
      web: { objects: [a.namespace(ns), ...maps(ns, 'a moves departs')], spec: ALL }, api: { objects: maps(ns, 'api'), spec: ALL },
    })),
    commits: [one(ns => ({
      web: { objects: [a.namespace(ns), ...maps(ns, 'a')], spec: ALL }, api: { objects: maps(ns, 'api moves'), spec: ALL },
      fresh: { objects: maps(ns, 'departs'), spec: ALL },
    }))],
    deletes: [],
  },
  {
    title: 'removal of a namespace',
    before: one(ns => ({
      web: { objects: [a.namespace(ns), removable(`${ns}x`), ...maps(ns, 'a'), ...maps(`${ns}x`, 'b')], spec: ALL },
    })),
    commits: [one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a')], spec: ALL } }))],
    deletes: ['configmaps/b', 'namespaces/NSx'],
  },
  {
    title: 'failed rollout',
    before: one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a leaves')], spec: ALL } })),
    commits: [
      one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a fresh', '2'), invalid('bad', ns)], spec: ALL } })),
      one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a fresh bad', '3')], spec: ALL } })),
    ],
    deletes: ['configmaps/leaves'],
  },
  {
    title: 'change of the tenant, as a new name of the application',
    before: one(ns => ({ ours: { objects: [a.namespace(ns), ...maps(ns, 'a b')], spec: ALL } })),
    commits: [one(ns => ({ theirs: { objects: [a.namespace(ns), ...maps(ns, 'a b')], spec: ALL } }))],
    deletes: ['deliveries/ours'],
  },
  {
    title: 'new name of the cluster',
    before: one(ns => ({ web: { objects: [a.namespace(ns), ...maps(ns, 'a b')], spec: ALL }, api: { objects: maps(ns, 'api') } })),
    commits: [ns => ({ uno: { web: { objects: [a.namespace(ns), ...maps(ns, 'a b')], spec: ALL }, api: { objects: maps(ns, 'api') } } })],
    deletes: [],
  },
];
