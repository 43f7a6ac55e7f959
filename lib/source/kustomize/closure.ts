import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { textsIn } from './texts';
import { FlotillaError } from '../../errors';
import { parseYamlDocuments } from '../../yaml/parse';
import { digestOf, sha256 } from '../digest';
import { SourceFolders } from '../source-folders';

/** What kustomize looks for in a folder. */
export const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** Files of these fields name files themselves. */
const PLUGINS = ['generators', 'transformers', 'validators'];
/** Fields, at whatever level, that hold a path or several. */
const PATHS = [
  'path', 'files', 'envs', 'env', 'resources', 'bases', 'components', 'crds', 'configurations', 'patchesStrategicMerge', ...PLUGINS,
];
/** What kustomize would fetch: a URL, or a repository. */
const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|[a-z]+::|git@|gh:|(?:www\.)?(?:github\.com|bitbucket\.org|gitlab\.com)[/:])|[?&](?:ref|version|submodules)=|\.git(?:\/|\?|$)/i;

/**
 * Digest of all files that a kustomization reads: its own, those that it names, and those of the folders that it names, and so on.
 *
 * Every text in a kustomization that leads to a file counts, whatever the field: one that kustomize adds next year counts too.
 *
 * @param path the folder
 * @throws FLT2106 when there is no such folder, FLT2107 for a file outside of the folders that sources may read, FLT2108 for one that kustomize would
 *   fetch, FLT3002 for a kustomization that cannot be read
 */
export function digestKustomization(path: string, folders: SourceFolders): string {
  const files = new Map<string, string>();
  new Closure(folders, files).addFolder(folders.find(path, 'the kustomization'));
  return digestOf([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Closure {
  constructor(private readonly folders: SourceFolders, private readonly files: Map<string, string>) {}

  public addFolder(folder: string): void {
    const name = KUSTOMIZATION_FILES.find(file => existsSync(join(folder, file)));
    // Where there is none, kustomize says what it misses.
    const file = name && this.folders.find(join(folder, name), 'the kustomization');
    if (file && !this.files.has(file)) {
      const text = readFileSync(file, 'utf8');
      this.files.set(file, sha256(text));
      this.addNamedBy(text, file, folder, true);
    }
  }

  private addNamedBy(content: string, file: string, folder: string, plugins: boolean): void {
    for (const document of parseYamlDocuments(content, this.folders.show(file))) {
      for (const { field, top, text } of textsIn(document)) {
        const isPath = PATHS.includes(field);
        // A generator may say it in one text, `name=path`.
        for (const path of new Set([text, text.slice(text.indexOf('=') + 1)])) {
          if (isPath && REMOTE.test(path) && !/\n/.test(path)) {
            throw this.remote(path, file);
          }
          this.addNamed(path, folder, isPath, plugins && PLUGINS.includes(top));
        }
      }
    }
  }

  private addNamed(path: string, folder: string, isPath: boolean, isPlugin: boolean): void {
    const named = resolve(folder, path);
    if (path === '' || path.length > 1024 || /[\n\0]/.test(path) || !existsSync(named)) {
      return;
    }
    const real = this.tryFind(named, folder, isPath);
    const stats = real === undefined ? undefined : statSync(real);
    if (real === undefined || this.files.has(real)) {
      return;
    }
    if (stats?.isDirectory()) {
      this.addFolder(real);
    } else if (stats?.isFile()) {
      const content = readFileSync(real);
      this.files.set(real, sha256(content));
      if (isPlugin) {
        this.addNamedBy(content.toString('utf8'), real, folder, false);
      }
    }
  }

  /** Any text may look like a path: `/tmp` in a literal is none of ours. What is one has to lead to where sources may read. */
  private tryFind(named: string, folder: string, isPath: boolean): string | undefined {
    try {
      return this.folders.find(named, `the kustomization in ${JSON.stringify(this.folders.show(folder))} reads a file that`);
    } catch (error) {
      if (isPath) {
        throw error;
      }
      return undefined;
    }
  }

  private remote(text: string, file: string): FlotillaError {
    return new FlotillaError('FLT2108', {
      what: `${this.folders.show(file)} takes ${JSON.stringify(text)} from the network, where it may be another one tomorrow`,
      where: { file: this.folders.show(file) },
      fix: 'copy it into the repository and name the copy; a single file can also be a `Manifests` source, by its URL and its digest',
    });
  }
}
