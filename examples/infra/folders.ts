import { Application, Kustomization } from 'cdk8s-flotilla';
import { component } from './corpus';
import type { Infra } from './fleet';

/** A component as the repository has it: a folder for each cluster, below that of its environment. */
function addFolders(fleet: Infra, name: string, namespace: string, without: readonly string[]): void {
  new Application(fleet, name, {
    namespace,
    placement: { environment: ['staging', 'production'], not: { cluster: without } },
    sources: (_, { environment, cluster }) => [new Kustomization({ path: component(`${name}/${environment}/${cluster}`) })],
  });
}

/** Who may do what. Its folders are below rings. */
export function addAuthentication(fleet: Infra): void {
  new Application(fleet, 'authentication', {
    placement: { ring: ['ring-1', 'ring-2', 'ring-3', 'ring-4'] },
    sources: (_, { labels, cluster }) => [new Kustomization({ path: component(`authentication/rings/${labels.ring}/${cluster}`) })],
  });
}

/** Addresses and settings that users may read. Almost every line differs from cluster to cluster: folders serve it well. */
export function addKonfluxInfo(fleet: Infra): void {
  new Application(fleet, 'konflux-info', {
    namespace: 'konflux-info',
    placement: { not: { cluster: ['kflux-stg-es01', 'lightwell-dev', 'kflux-prd-es01'] } },
    sources: (_, { environment, cluster }) => [
      new Kustomization({ path: component(`konflux-info/${environment === 'development' ? environment : `${environment}/${cluster}`}`) }),
    ],
  });
}

export function addBackupFolders(fleet: Infra): void {
  addFolders(fleet, 'backup', 'openshift-adp', ['kflux-stg-es01', 'kflux-prd-es01']);
}

export function addCostManagementFolders(fleet: Infra): void {
  addFolders(fleet, 'cost-management', 'costmanagement-metrics-operator', ['lightwell-dev']);
}

export function addNamespaceListerFolders(fleet: Infra): void {
  addFolders(fleet, 'namespace-lister', 'namespace-lister', ['kflux-stg-es01', 'lightwell-dev', 'kflux-lw-p01', 'kflux-prd-es01']);
}
