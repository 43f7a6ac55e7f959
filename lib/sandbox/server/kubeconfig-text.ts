import { emitYaml } from '../../yaml/emit';

export interface KubeconfigEntry {
  /** Of the cluster, its user and its context. */
  readonly name: string;
  readonly url: string;
  /** PEM */
  readonly ca: string;
  readonly token: string;
}

/** A kubeconfig with a context for each of the entries; the first is the current one. */
export function kubeconfigText(entries: readonly KubeconfigEntry[]): string {
  return emitYaml({
    'apiVersion': 'v1', 'kind': 'Config', 'current-context': entries[0]?.name ?? '',
    'clusters': entries.map(({ name, url, ca }) => ({ name, cluster: { 'server': url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } })),
    'users': entries.map(({ name, token }) => ({ name, user: { token } })),
    'contexts': entries.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
  });
}
