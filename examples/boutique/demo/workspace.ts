import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect } from './expect';
import { runProgram } from './program';

const EXAMPLE = dirname(__dirname);
const ROOT = join(EXAMPLE, '..', '..');
/** What `npm install` would bring into the source repository. */
const PACKAGES = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'tsx'];
/** Of the example, what is about the demo and not about the shop. */
const LEFT_OUT = ['demo', 'demo.ts', 'dist', 'node_modules'];

/** The same on every machine: no signatures, no hooks, and an author where there is none yet. */
const GIT_SETTINGS = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'You',
  GIT_AUTHOR_EMAIL: 'you@boutique.example',
  GIT_COMMITTER_NAME: 'You',
  GIT_COMMITTER_EMAIL: 'you@boutique.example',
};

/** A folder with what a team has: `boutique`, the repository of the program, and `live.git`, the one that clusters follow. */
export class Workspace {
  static async create(path: string, signal: AbortSignal): Promise<Workspace> {
    const workspace = new Workspace(path, signal);
    await workspace.fill();
    return workspace;
  }

  /** The repository of the program. */
  readonly source: string;

  private constructor(private readonly path: string, private readonly signal: AbortSignal) {
    this.source = join(path, 'boutique');
  }

  /** Puts a copy of a kubeconfig beside the repositories. */
  addKubeconfig(file: string): void {
    cpSync(file, join(this.path, 'kubeconfig'));
  }

  /** Replaces a line of a file of the program, and commits. Returns the change as `git diff` shows it. */
  async edit(file: string, line: string, replacement: string, message: string): Promise<string> {
    const path = join(this.source, file);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.includes(line), `the line ${line.trim()} in ${file}`);
    writeFileSync(path, lines.map(each => each === line ? replacement : each).join('\n'));
    const change = await this.git(this.source, 'diff', '--unified=0');
    await this.git(this.source, 'commit', '--quiet', '--all', `--message=${message}`);
    return change.split('\n').filter(each => /^[-+](?![-+])/.test(each)).join('\n');
  }

  /** Takes back the latest commit of the live branch, as anybody may who may push to it. Returns the subject of the new one. */
  async revertLive(): Promise<string> {
    const clone = join(this.path, 'live');
    await this.git(this.path, 'clone', '--quiet', '--branch=live', 'live.git', 'live');
    await this.git(clone, 'revert', '--no-edit', 'HEAD');
    await this.git(clone, 'push', '--quiet');
    return (await this.git(clone, 'log', '-1', '--format=%s')).trim();
  }

  private async fill(): Promise<void> {
    cpSync(EXAMPLE, this.source, { recursive: true, filter: path => dirname(path) !== EXAMPLE || !LEFT_OUT.includes(basename(path)) });
    this.linkPackages();
    await this.git(this.source, 'init', '--quiet', '--initial-branch=main');
    await this.git(this.source, 'add', '.');
    await this.git(this.source, 'commit', '--quiet', '--message=The shop');
    await this.git(this.path, 'init', '--quiet', '--bare', '--initial-branch=live', 'live.git');
  }

  private linkPackages(): void {
    const modules = join(this.path, 'node_modules');
    mkdirSync(join(modules, '.bin'), { recursive: true });
    // On Windows a junction needs no privilege; elsewhere the type has no meaning.
    PACKAGES.forEach(name => symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction'));
    symlinkSync(ROOT, join(modules, 'cdk8s-flotilla'), 'junction');
    symlinkSync('../tsx/dist/cli.mjs', join(modules, '.bin', 'tsx'));
  }

  private async git(cwd: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runProgram('git', args, { cwd, env: GIT_SETTINGS, signal: this.signal });
    expect(code === 0, `git ${args[0]} to work`, stderr || stdout);
    return stdout;
  }
}
