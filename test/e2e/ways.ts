import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder';

/** How a cluster is reached; `ca` is PEM. */
export interface Way {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** Writes a kubeconfig with a context for each, under its name; the first is the current one. Returns its path. */
export function writeWays(ways: Readonly<Record<string, Way>>): string {
  const named = Object.entries(ways);
  const path = join(temporaryFolder(), 'kubeconfig');
  writeFileSync(path, JSON.stringify({
    'apiVersion': 'v1', 'kind': 'Config', 'current-context': named[0][0],
    'clusters': named.map(([name, { url, ca }]) => ({ name, cluster: { 'server': url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } })),
    'users': named.map(([name, { token }]) => ({ name, user: { token } })),
    'contexts': named.map(([name]) => ({ name, context: { cluster: name, user: name } })),
  }));
  return path;
}
