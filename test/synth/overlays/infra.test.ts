import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { overlaid } from './overlaid';
import { PatchContent } from '../../../lib/model/overlay-props';
import { formatGroupKind, formatIdentity, groupOf, identityOf, Manifest } from '../../../lib/tree/manifest';
import { emitYaml } from '../../../lib/yaml/emit';
import { parseYaml, parseYamlDocuments } from '../../../lib/yaml/parse';
import { temporaryFolder } from '../../temporary-folder';
import { hasKubectl } from '../../yaml/kubectl';

const COMPONENTS = join(__dirname, '../../../../shared/corpora/infra-deployments/components');

interface Patch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: { readonly group?: string; readonly version?: string; readonly kind?: string; readonly name?: string };
}

/** One of the folders with patches of the same objects: clusters repeat each other. */
function foldersWithPatches(): string[] {
  const folders = readdirSync(COMPONENTS, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('kustomization.yaml')).map(path => dirname(path)).sort();
  const byPatches = new Map(folders.flatMap(folder => {
    const patches = patchesIn(join(COMPONENTS, folder));
    return patches.length === 0 ? [] : [[JSON.stringify([folder.split('/')[0], patches.map(({ target }) => target)]), folder] as const];
  }));
  return [...byPatches.values()];
}

function patchesIn(folder: string): (Patch & { readonly text: string })[] {
  const { patches = [] } = parseYaml(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'), folder) as { patches?: Patch[] };
  return patches.map(patch => ({ ...patch, text: patch.patch ?? readFileSync(join(folder, patch.path!), 'utf8') }));
}

function build(folder: string): Manifest[] {
  const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'pipe'] });
  return parseYamlDocuments(text, folder).filter(Boolean) as Manifest[];
}

const byIdentity = (manifests: readonly Manifest[]) => Object.fromEntries(manifests.map(manifest => [formatIdentity(identityOf(manifest)), manifest]));

const present = existsSync(COMPONENTS) && hasKubectl;

(present ? test.each(foldersWithPatches()) : test.skip.each(['no corpora']))('the patches of %s do as an overlay what they do in their folder', folder => {
  const copy = temporaryFolder();
  cpSync(COMPONENTS, copy, { recursive: true });
  const file = join(copy, folder, 'kustomization.yaml');
  const { patches: _, ...unpatched } = parseYaml(readFileSync(file, 'utf8'), file) as { patches: unknown };
  writeFileSync(file, emitYaml(unpatched));
  let found = build(dirname(file));
  for (const { target, text } of patchesIn(join(COMPONENTS, folder))) {
    for (const content of parseYamlDocuments(text, folder) as Manifest[]) {
      const { apiVersion, kind, metadata } = content;
      const selector = target ? { kind: target.group ? formatGroupKind(target as { group: string; kind: string }) : target.kind!, name: target.name }
        : { kind: formatGroupKind({ group: groupOf(apiVersion), kind }), name: metadata.name };
      // A target of a version that no object has patches nothing, and kustomize does not say so.
      const isOfVersion = (object: Manifest) => object.kind === target?.kind && object.apiVersion.split('/').at(-1) === target.version;
      found = target?.version === undefined || found.some(isOfVersion) ? overlaid(found, { patch: selector, with: content as PatchContent }) : found;
    }
  }
  expect(byIdentity(found)).toEqual(byIdentity(build(join(COMPONENTS, folder))));
});
