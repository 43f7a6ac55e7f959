import type { ControlPlane } from './control-plane';

/** What a test may do with a cluster, whether it is a real control plane or one of the sandbox. */
export type Plane = Pick<
  ControlPlane,
  'name' | 'caFile' | 'kubeconfig' | 'token' | 'url' | 'kube' | 'user' | 'client' | 'auditEvents' | 'auditFile' | 'stopApiServer' | 'startApiServer' | 'restart'
  | 'compact' | 'freeze' | 'thaw' | 'pids' | 'logs' | 'stop'
>;
