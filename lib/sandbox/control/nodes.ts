import type { Cluster } from './cluster';
import type { Condition, Kubernetes } from './objects';
import { StatusError } from '../status-error';

export interface NodeSpec {
  unschedulable?: boolean;
  taints?: { key: string; value?: string; effect: string }[];
  podCIDR?: string;
}

export interface NodeStatus {
  addresses?: { type: string; address: string }[];
  conditions?: Condition[];
}

export type Node = Kubernetes<NodeSpec, NodeStatus>;

const ROOM = { 'cpu': '64', 'ephemeral-storage': '1Ti', 'memory': '256Gi', 'pods': '1000' };

/** Makes the Nodes that are missing, as their kubelets would. */
export function createNodes(cluster: Cluster): void {
  for (let i = 1; i <= cluster.options.nodes; i++) {
    const name = `node-${i}`;
    if (cluster.find('nodes', undefined, name)) continue;
    try {
      const node = cluster.create<Node>('nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name,
          labels: {
            'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux',
          },
        },
        spec: { podCIDR: `10.244.${i}.0/24`, podCIDRs: [`10.244.${i}.0/24`] },
      }, 'kubelet');
      cluster.updateStatus<Node>('nodes', node, nodeStatus(cluster, name, i), 'kubelet');
    } catch (e) {
      // A second process of controllers was first.
      if (!(e instanceof StatusError) || e.reason !== 'AlreadyExists') throw e;
    }
  }
}

function nodeStatus(cluster: Cluster, name: string, i: number): NodeStatus {
  const now = cluster.timestamp;
  const condition = (type: string, status: string, reason: string, message: string): Condition => (
    { type, status, lastHeartbeatTime: now, lastTransitionTime: now, reason, message } as Condition
  );
  return {
    capacity: ROOM,
    allocatable: ROOM,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    addresses: [{ type: 'InternalIP', address: `172.18.0.${i + 1}` }, { type: 'Hostname', address: name }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64', bootID: '', containerRuntimeVersion: 'none', kernelVersion: 'none', kubeProxyVersion: '', kubeletVersion: 'v1.36.3', machineID: '',
      operatingSystem: 'linux', osImage: 'sandbox', systemUUID: '',
    },
  } as NodeStatus;
}
