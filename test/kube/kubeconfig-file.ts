import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the files of one test file; gone when its tests are through. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-kube-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A kubeconfig with one context `test`. */
export function kubeconfigOf(cluster: object, user: object = {}): object {
  return {
    'apiVersion': 'v1',
    'kind': 'Config',
    'current-context': 'test',
    'clusters': [{ name: 'test', cluster }],
    'users': [{ name: 'test', user }],
    'contexts': [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
}

let files = 0;

/** Writes a kubeconfig; returns its path. */
export function writeKubeconfig(folder: string, content: object, name = `kubeconfig-${++files}`): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}
