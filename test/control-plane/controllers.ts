import { join } from 'node:path';
import type { Binaries } from './binaries';
import type { KubeClient } from './client';
import { LoggedProcess } from './logged-process';
import { waitUntilReady } from './server';

/** What turns stored objects into running ones. Left out is what no container, volume or cloud here could follow. */
const controllers = [
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'daemonset-controller',
  'deployment-controller',
  'disruption-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'job-controller',
  'namespace-controller',
  'replicaset-controller',
  'resourcequota-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'statefulset-controller',
  'ttl-after-finished-controller',
];

export interface ControllerSettings {
  readonly binaries: Required<Binaries>;
  readonly kubeconfig: string;
  readonly serviceAccountKey: string;
  readonly caFile: string;
  readonly logs: string;
}

/** Starts controller manager, scheduler and kwok, makes a node, and waits until a pod could be created and would run. Pods "run" without containers. */
export async function startControllers(settings: ControllerSettings, kube: KubeClient): Promise<LoggedProcess[]> {
  const { binaries, kubeconfig, logs } = settings;
  const manager = LoggedProcess.start(binaries.kubeControllerManager, [
    `--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', '--profiling=false',
    `--controllers=${controllers.join(',')}`,
    `--service-account-private-key-file=${settings.serviceAccountKey}`, `--root-ca-file=${settings.caFile}`,
    '--use-service-account-credentials=false', '--concurrent-gc-syncs=5',
  ], join(logs, 'kube-controller-manager.log'));
  const scheduler = LoggedProcess.start(binaries.kubeScheduler, [
    `--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', '--profiling=false',
  ], join(logs, 'kube-scheduler.log'));
  const kwok = LoggedProcess.start(binaries.kwok, [
    `--kubeconfig=${kubeconfig}`, `--config=${binaries.kwokStages}`, '--manage-all-nodes=true', '--cidr=10.244.0.0/24', '--node-ip=127.0.0.1',
    // No lease to renew: a steady cluster writes nothing.
    '--node-lease-duration-seconds=0',
  ], join(logs, 'kwok.log'));
  const processes = [manager, scheduler, kwok];
  try {
    await kube.create(node);
    await waitUntilReady(manager, async () => await kube.tryGet('/api/v1/namespaces/default/serviceaccounts/default') !== undefined);
    await waitUntilReady(kwok, () => nodeIsReady(kube));
    return processes;
  } catch (e) {
    await Promise.all(processes.map(p => p.stop(0)));
    throw e;
  }
}

const room = { cpu: '64', memory: '256Gi', pods: '1000' };
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', labels: { 'kubernetes.io/hostname': 'node-1', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' } },
  status: { capacity: room, allocatable: room },
};

async function nodeIsReady(kube: KubeClient): Promise<boolean> {
  const { status } = await kube.get('/api/v1/nodes/node-1');
  const conditions = (status as { conditions?: { type: string; status: string }[] }).conditions ?? [];
  return conditions.some(c => c.type === 'Ready' && c.status === 'True');
}
