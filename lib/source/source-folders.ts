import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { FlotillaError } from '../errors';

/**
 * The folders that sources may read: the working directory, and those that the fleet names in `sourceFolders`.
 *
 * A chart or a kustomization comes from somewhere else often enough; what it reads is committed to the tree. So a path counts by where it leads after all
 * links, and one that leads elsewhere is refused.
 */
export class SourceFolders {
  private readonly roots: readonly string[];

  /**
   * @param cwd The working directory; relative paths start here.
   * @param more Further folders, relative to it.
   * @throws FLT2106 for a folder that does not exist.
   */
  constructor(public readonly cwd: string, more: readonly string[] = []) {
    this.roots = [realpathSync(cwd), ...more.map(folder => this.realFolder(folder))];
  }

  /**
   * Where a path leads, after all links.
   *
   * @param path Relative to the working directory, or absolute.
   * @param what What is looked for, as messages name it: `the values file`.
   * @param otherwise What else may be wrong when nothing is there, to end the sentence that says what to do.
   * @throws FLT2106 when nothing is there, FLT2107 when it is outside of the folders that sources may read.
   */
  public find(path: string, what: string, otherwise = ''): string {
    let real: string;
    try {
      real = realpathSync(resolve(this.cwd, path));
    } catch (cause) {
      this.checkMissing(path, what);
      throw missing(`${what} ${JSON.stringify(this.show(path))} does not exist`, this.show(path), cause, otherwise);
    }
    this.checkInside(real, path, what);
    return real;
  }

  /** Refuses a path that lies outside; `real` is where it leads. */
  public checkInside(real: string, path: string, what: string): void {
    if (!this.roots.some(root => isInside(real, root))) {
      throw new FlotillaError('FLT2107', {
        what: `${what} ${JSON.stringify(this.show(path))} leads out of the project${this.show(real) === this.show(path) ? '' : `, to ${JSON.stringify(this.show(real))}`}`,
        where: { file: this.show(path) },
        fix: 'move it into the working directory, or add its folder to `sourceFolders` of the Fleet',
      });
    }
  }

  /** A path as messages show it: relative to the working directory, with `/`. */
  public show(path: string): string {
    return (relative(this.cwd, resolve(this.cwd, path)) || '.').split(sep).join('/');
  }

  /** What lies outside is not even looked for: the answer would tell what there is. */
  private checkMissing(path: string, what: string): void {
    const wanted = resolve(this.cwd, path);
    if (!this.roots.some(root => isInside(wanted, root)) && !isInside(wanted, resolve(this.cwd))) {
      this.checkInside(wanted, path, what);
    }
  }

  private realFolder(folder: string): string {
    try {
      return realpathSync(resolve(this.cwd, folder));
    } catch (cause) {
      throw missing(`the folder ${JSON.stringify(folder)} of \`sourceFolders\` does not exist`, folder, cause);
    }
  }
}

function missing(what: string, file: string, cause: unknown, otherwise = ''): FlotillaError {
  const fix = `correct the path, which is relative to the working directory, or add what it names${otherwise}`;
  return new FlotillaError('FLT2106', { what, where: { file }, cause, fix });
}

function isInside(path: string, root: string): boolean {
  const rest = relative(root, path);
  return rest === '' || (rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest));
}
