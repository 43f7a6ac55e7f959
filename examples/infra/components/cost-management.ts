import { Application, Kustomization, PatchedObject } from 'cdk8s-flotilla';
import { ClusterName, PRODUCTION, STAGING } from '../clusters';
import { component } from '../corpus';
import type { Infra } from '../fleet';

const CLUSTERS = (Object.keys({ ...STAGING, ...PRODUCTION }) as ClusterName[]).filter(name => name !== 'lightwell-dev' && name !== 'kflux-lw-p01');

/** What each cluster costs. */
export function addCostManagement(fleet: Infra): void {
  new Application(fleet, 'cost-management', {
    namespace: 'costmanagement-metrics-operator',
    placement: { cluster: CLUSTERS },
    sources: [new Kustomization({ path: component('cost-management/base') })],
    overlays: [
      { where: { environment: 'staging' }, ...operator('800Mi', '300Mi') },
      { where: { environment: 'staging' }, ...account('staging') },
      { where: { environment: 'production' }, ...operator('1Gi', '450Mi') },
      { where: { environment: 'production' }, ...account('production') },
      // The patch in the folder of kflux-fedora-01 names a version that the object does not have. Kustomize takes that for "patch nothing".
      ...CLUSTERS.filter(name => name !== 'kflux-fedora-01').map(name => ({ where: { cluster: name }, ...reportAs(name) })),
    ],
  });
}

function operator(memory: string, requested: string) {
  const resources = { limits: { cpu: '500m', memory }, requests: { cpu: '100m', memory: requested } };
  return { patch: { kind: 'Subscription' }, with: (subscription: PatchedObject) => { subscription.spec.config = { resources }; } };
}

function account(environment: string) {
  const key = `${environment}/cost-management/konflux-service-account`;
  return { patch: { kind: 'ExternalSecret' }, with: (secret: PatchedObject) => { secret.spec.dataFrom[0].extract.key = key; } };
}

function reportAs(name: ClusterName) {
  return {
    patch: { kind: 'CostManagementMetricsConfig' },
    with: ({ spec }: PatchedObject) => {
      spec.source.name = name;
      spec.authentication = { type: 'service-account', secret_name: 'konflux-service-account' };
    },
  };
}
