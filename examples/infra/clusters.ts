import { Cluster, Environment } from 'cdk8s-flotilla';
import type { Infra } from './fleet';

/** The clusters of an environment, each with its ring. */
export const STAGING = {
  'kflux-stg-es01': 'ring-1',
  'lightwell-dev': undefined,
  'stone-stage-p01': 'ring-1',
  'stone-stg-rh01': 'ring-1',
} as const;
export const PRODUCTION = {
  'kflux-fedora-01': 'ring-2',
  'kflux-lw-p01': 'ring-2',
  'kflux-ocp-p01': 'ring-2',
  'kflux-osp-p01': 'ring-2',
  'kflux-prd-es01': 'ring-2',
  'kflux-prd-rh02': 'ring-4',
  'kflux-prd-rh03': 'ring-2',
  'kflux-rhel-p01': 'ring-2',
  'stone-prd-rh01': 'ring-3',
  'stone-prod-p01': 'ring-2',
  'stone-prod-p02': 'ring-3',
} as const;

/** The name of a cluster of the fleet. */
export type ClusterName = keyof typeof STAGING | keyof typeof PRODUCTION;

/** Fifteen clusters, and the one on a developer's machine. */
export function addClusters(fleet: Infra): void {
  new Cluster(new Environment(fleet, 'development'), 'in-cluster-local');
  const staging = new Environment(fleet, 'staging');
  Object.entries(STAGING).forEach(([name, ring]) => new Cluster(staging, name, { labels: { ring } }));
  const production = new Environment(fleet, 'production');
  Object.entries(PRODUCTION).forEach(([name, ring]) => new Cluster(production, name, { labels: { ring } }));
}
