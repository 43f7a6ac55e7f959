import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FlotillaError } from '../errors';

/** How `cdk8s import` is called. */
export interface CrdImport {
  /** A file, a URL, or `github:account/repo`, as `cdk8s import` takes it. */
  readonly source: string;
  /** Folder for what it writes; that of cdk8s, `imports`, where it is absent. */
  readonly output?: string;
  /** Where it runs: the project that has cdk8s-cli. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Gets what it prints. */
  print(text: string): void;
}

/**
 * Writes classes for custom kinds, by the user's own `cdk8s import`.
 *
 * @throws FLT2504 when cdk8s-cli is not installed, FLT2505 when it fails.
 */
export async function importCrd({ source, output, cwd, env, signal, print }: CrdImport): Promise<void> {
  const args = ['import', source, '--language', 'typescript', ...output === undefined ? [] : ['--output', output]];
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(programIn(cwd) ?? 'cdk8s', args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], signal });
    child.stdout.on('data', data => print(String(data)));
    child.stderr.on('data', data => print(String(data)));
    child.on('close', status => resolve(status ?? 1));
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code !== 'ENOENT' ? error : new FlotillaError('FLT2504', {
      what: 'cdk8s, which imports definitions of custom kinds, is not installed',
      where: { file: cwd },
      fix: 'run `npm install --save-dev cdk8s-cli` in the folder of the fleet',
    })));
  });
  if (code !== 0) {
    throw new FlotillaError('FLT2505', { what: `cdk8s ended with exit code ${code}: cdk8s ${args.join(' ')}`, fix: 'mend what it printed above' });
  }
}

/** The program that `npx --no-install cdk8s` would run, without what npm says meanwhile. */
function programIn(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', '.bin', 'cdk8s');
    if (existsSync(file)) {
      return file;
    }
    if (folder === dirname(folder)) {
      return undefined;
    }
  }
}
