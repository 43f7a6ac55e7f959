import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder';
import { Manifest } from '../lib/tree/manifest';
import { parseYamlDocuments } from '../lib/yaml/parse';

/** What `kubectl kustomize` makes of objects by a kustomization, whose `resources` are added. Needs no cluster. */
export function kustomize(manifests: readonly object[], kustomization: object): Manifest[] {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'objects.yaml'), manifests.map(manifest => `${JSON.stringify(manifest)}\n`).join('---\n'));
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources: ['objects.yaml'], ...kustomization }));
  const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'pipe'] });
  return parseYamlDocuments(text, 'kustomized').filter(Boolean) as Manifest[];
}
