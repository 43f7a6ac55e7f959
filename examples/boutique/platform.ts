import { Application } from 'cdk8s-flotilla';
import { k8s } from 'cdk8s-plus-28';
import { DefaultLimits } from './constructs/default-limits';
import { Isolation } from './constructs/isolation';
import { Quota } from './constructs/quota';
import { Boutique, NAMESPACE } from './fleet';
import type { Place } from './service';
import type { ServiceName } from './versions';

interface PlatformValues {
  /** What the pods of the shop may ask for together. */
  readonly quota: { readonly cpu: string; readonly memory: string; readonly pods: string };
  /** What the namespace demands of its pods: a profile of the Pod Security Standards. */
  readonly podSecurity: 'baseline' | 'restricted';
  /** The services that may call out of the namespace; `undefined` is all of them. */
  readonly callOut: readonly ServiceName[] | undefined;
}

/** What has to be there before the first service: the namespace, and the rules in it. */
export function addPlatform(fleet: Boutique, place: Place) {
  const values: PlatformValues = { quota: { cpu: '4', memory: '6Gi', pods: '40' }, podSecurity: 'baseline', callOut: undefined };
  return new Application(fleet, 'platform', {
    ...place,
    namespace: NAMESPACE,
    values,
    overlays: [
      { where: { environment: 'staging' }, values: { quota: { cpu: '8', memory: '12Gi', pods: '80' } } },
      { where: { environment: 'prod' }, values: { quota: { cpu: '12', memory: '20Gi', pods: '120' } } },
      { where: { 'cluster-type': 'pci' }, values: { podSecurity: 'restricted', callOut: ['emailservice', 'paymentservice'] } },
    ],
    render: (chart, { quota, podSecurity, callOut }, { environment, labels }) => {
      new k8s.KubeNamespace(chart, 'namespace', {
        metadata: {
          name: NAMESPACE,
          labels: {
            environment,
            // Who is called at night, and who pays.
            'team': labels.team ?? 'sre',
            'cost-center': labels['cost-center'] ?? 'retail',
            'pod-security.kubernetes.io/enforce': podSecurity,
          },
        },
      });
      new Quota(chart, 'quota', quota);
      new DefaultLimits(chart, 'limits');
      new Isolation(chart, 'isolation', { publicApp: 'frontend', callOut });
    },
  });
}
