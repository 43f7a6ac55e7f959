import { execFileSync, ExecFileSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Whether kubectl is on this machine. */
export const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

interface Labelled {
  metadata: { labels?: Record<string, string> };
  [key: string]: unknown;
}

/** Reads a manifest as kubectl does before it sends it (go-yaml v2 under sigs.k8s.io/yaml). Needs no cluster. */
export function readWithKubectl(text: string): Labelled {
  return inFolder({ 'manifest.yaml': text }, folder => {
    const json = execFileSync('kubectl', ['label', '--local', '-o', 'json', '-f', path.join(folder, 'manifest.yaml'), 'read=yes'], OPTIONS);
    const object = JSON.parse(json) as Labelled;
    delete object.metadata.labels;
    return object;
  });
}

/** The standard error of a failure holds the whole manifest: it is left out. */
const OPTIONS: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] };

/** Reads a manifest and writes it again as Kustomize does (kyaml, go-yaml v3). */
export function rewriteWithKustomize(text: string): string {
  return inFolder({ 'manifest.yaml': text, 'kustomization.yaml': 'resources:\n- manifest.yaml\n' }, folder =>
    execFileSync('kubectl', ['kustomize', folder], OPTIONS));
}

function inFolder<T>(files: Record<string, string>, use: (folder: string) => T): T {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'flotilla-yaml-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.writeFileSync(path.join(folder, name), text);
    }
    return use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
