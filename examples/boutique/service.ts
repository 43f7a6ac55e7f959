import type { AnyApplication, OverlayProps, PatchOverlayProps, Selector } from 'cdk8s-flotilla';
import type { Boutique } from './fleet';
import { candidates, ServiceName, versions } from './versions';

/** Where an application runs, and after which others: what main.ts decides. */
export interface Place {
  readonly placement: Selector<Boutique>;
  readonly dependsOn?: readonly AnyApplication[];
}

/** What may differ from cluster to cluster, in every service. `undefined` is what the public shop has: nothing. */
export interface ServiceValues {
  readonly version: string;
  readonly replicas: number | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | undefined;
  readonly resources: Resources;
}

/** What a container asks for, and what it gets at most. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** What most of the services need. */
const small: Resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };

/** The values that a service starts from, before any overlay. */
export function serviceValues(service: ServiceName, resources: Resources = small): ServiceValues {
  return { version: versions[service], replicas: undefined, logLevel: undefined, resources };
}

/** What environments do to every service. A service adds its own after them, and the later wins. */
export function serviceOverlays(service: ServiceName): OverlayProps<Boutique, ServiceValues>[] {
  return [
    { where: { environment: 'dev' }, values: { logLevel: 'debug', version: candidates.dev?.[service] } },
    { where: { environment: 'staging' }, values: { logLevel: 'info', version: candidates.staging?.[service], replicas: 2 } },
    { where: { environment: 'prod' }, values: { logLevel: 'warn', version: candidates.prod?.[service], replicas: 3 } },
    ...restrictedPods,
  ];
}

/** The namespace of a pci cluster enforces Kubernetes' restricted profile (see platform.ts), which wants a seccomp profile as well. */
export const restrictedPods: PatchOverlayProps<Boutique>[] = [
  {
    where: { 'cluster-type': 'pci' },
    patch: { kind: 'Deployment' },
    with: deployment => { deployment.spec.template.spec.securityContext.seccompProfile = { type: 'RuntimeDefault' }; },
  },
];
