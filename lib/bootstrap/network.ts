import { repositoryAccess } from './repository-access';
import { nameOf, namespaceOf, PORT, ReconcilerSettings, selectorOf } from './settings';
import type { Manifest } from '../tree/manifest';

/** For webhooks and metrics. */
export function service(settings: ReconcilerSettings, labels: Record<string, string>): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameOf(settings), namespace: namespaceOf(settings), labels },
    spec: { type: 'ClusterIP', selector: selectorOf(settings), ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }] },
  };
}

/**
 * In: the port alone. Out: DNS, API servers and the repository.
 *
 * By ports and not by addresses: an API server is behind no selector, its address is not known here, and whether a policy sees the port of the Service (443) or
 * that of the server behind it (6443, or 443 again) differs between networks.
 */
export function networkPolicy(settings: ReconcilerSettings, labels: Record<string, string>): Manifest {
  const tcp = [...new Set([443, 6443, repositoryAccess(settings.repo)?.port ?? 443, ...settings.egressPorts ?? []])].sort((a, b) => a - b);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: nameOf(settings), namespace: namespaceOf(settings), labels },
    spec: {
      podSelector: { matchLabels: selectorOf(settings) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ protocol: 'TCP', port: PORT }] }],
      egress: [
        { ports: ['TCP', 'UDP'].map(protocol => ({ protocol, port: 53 })) },
        { ports: tcp.map(port => ({ protocol: 'TCP', port })) },
      ],
    },
  };
}

/** While nodes are drained, one replica at a time. With one alone it would hold up every drain. */
export function disruptionBudget(settings: ReconcilerSettings, labels: Record<string, string>): Manifest[] {
  return (settings.replicas ?? 1) < 2 ? [] : [{
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: nameOf(settings), namespace: namespaceOf(settings), labels },
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(settings) } },
  }];
}
