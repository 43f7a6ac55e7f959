import type { k8s } from 'cdk8s-plus-28';

/** Who a pod runs as: nobody in particular. */
export const hardenedPod: k8s.PodSecurityContext = { fsGroup: 1000, runAsGroup: 1000, runAsNonRoot: true, runAsUser: 1000 };

/** What a container may do: nothing but run. */
export const hardenedContainer: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
};
