import { Application, Kustomization, PatchedObject } from 'cdk8s-flotilla';
import { component } from '../corpus';
import type { Infra } from '../fleet';

/** Which namespaces a user may see. What production has is a copy of the base with another image, and the same on all of its clusters. */
export function addNamespaceLister(fleet: Infra): void {
  new Application(fleet, 'namespace-lister', {
    namespace: 'namespace-lister',
    placement: { environment: ['staging', 'production'], not: { cluster: ['kflux-stg-es01', 'lightwell-dev', 'kflux-lw-p01', 'kflux-prd-es01'] } },
    sources: [new Kustomization({ path: component('namespace-lister/base') })],
    overlays: [
      { where: { environment: 'production' }, ...container(one => { one.image = 'quay.io/konflux-ci/namespace-lister:feb825ba321734d8b26025f0830f2ba1f668e65a'; }) },
      { where: { cluster: 'stone-stage-p01' }, ...container(one => setMemory(one, '500Mi')) },
      { where: { cluster: 'stone-stg-rh01' }, ...container(one => setMemory(one, '10Gi')) },
    ],
  });
}

interface Container {
  image: string;
  resources: Record<'limits' | 'requests', { memory: string }>;
}

function container(change: (container: Container) => void) {
  return { patch: { kind: 'Deployment', name: 'namespace-lister' }, with: ({ spec }: PatchedObject) => change(spec.template.spec.containers[0]) };
}

function setMemory({ resources }: Container, memory: string): void {
  resources.limits.memory = memory;
  resources.requests.memory = memory;
}
