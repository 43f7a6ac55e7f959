import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '../../test/temporary-folder';

/** A Git repository whose branch main holds one folder of files after the other. */
export class GitFolder {
  private readonly folder = temporaryFolder();

  constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
  }

  get url(): string {
    return pathToFileURL(this.folder).href;
  }

  /** Makes the files of a folder all that there is, and returns the commit. */
  commit(from: string): string {
    for (const name of readdirSync(this.folder).filter(entry => entry !== '.git')) {
      rmSync(join(this.folder, name), { recursive: true });
    }
    cpSync(from, this.folder, { recursive: true });
    this.git('add', '--all');
    this.git('-c', 'user.name=bench', '-c', 'user.email=bench@example.com', '-c', 'commit.gpgSign=false', 'commit', '--quiet', '--message=next');
    return this.git('rev-parse', 'HEAD').trim();
  }

  private git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.folder, encoding: 'utf8' });
  }
}
