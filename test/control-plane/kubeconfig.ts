import { readFileSync, writeFileSync } from 'node:fs';

export interface Access {
  /** Of the context, the cluster and the user alike. */
  readonly name: string;
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
}

/** Writes a kubeconfig with a context for each; the first is the current one. The certificates are in the file, so that it can be copied elsewhere. */
export function writeKubeconfig(path: string, accesses: readonly Access[]): void {
  const lines = [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${quote(accesses[0]?.name ?? '')}`,
    'clusters:',
    ...accesses.flatMap(a => [
      `- name: ${quote(a.name)}`,
      '  cluster:',
      `    server: ${a.url}`,
      `    certificate-authority-data: ${readFileSync(a.caFile).toString('base64')}`,
    ]),
    'users:',
    ...accesses.flatMap(a => [`- name: ${quote(a.name)}`, '  user:', `    token: ${quote(a.token)}`]),
    'contexts:',
    ...accesses.flatMap(a => [`- name: ${quote(a.name)}`, '  context:', `    cluster: ${quote(a.name)}`, `    user: ${quote(a.name)}`]),
  ];
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
}

// A name or a token of digits alone would read as a number.
const quote = (text: string): string => JSON.stringify(text);
