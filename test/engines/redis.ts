import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Missing } from '../control-plane/binaries';
import { cacheFolder } from '../control-plane/build-plan';
import { executable, tryFindInPath } from '../control-plane/executable';

const runFile = promisify(execFile);

/** The environment goes along explicitly: jest gives a test file an own one, which a child would not inherit. */
function run(program: string, args: readonly string[], cwd?: string, env: NodeJS.ProcessEnv = {}): Promise<{ stdout: string }> {
  return runFile(program, args, { cwd, env: { ...process.env, ...env } });
}

/** A redis-server, and the environment in which it finds its libraries. */
export interface RedisBinary {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The machine's redis-server; else that of Debian's packages, unpacked into the cache without being installed. */
export async function redisServer(progress: (line: string) => unknown): Promise<RedisBinary | Missing> {
  const installed = tryFindInPath('redis-server');
  if (installed) return { program: installed, env: {} };
  const folder = cacheFolder('redis', `${process.platform}-${process.arch}`);
  try {
    if (!existsSync(folder)) await unpack(folder, progress);
    return inFolder(folder);
  } catch (e) {
    return { missing: `there is no redis-server, and none could be had from apt; install it: ${(e as Error).message.trim().split('\n').pop()}` };
  }
}

async function unpack(folder: string, progress: (line: string) => unknown): Promise<void> {
  if (!tryFindInPath('apt-get')) throw new Error('there is no apt-get on this machine');
  mkdirSync(join(folder, '..'), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.unpacking-`);
  try {
    progress('redis: fetching Debian\'s package, once');
    // Only those that are not installed already.
    const { stdout } = await run('apt-get', ['install', '--simulate', '--no-install-recommends', 'redis-server']);
    await run('apt-get', ['download', ...packagesToInstall(stdout)], unfinished);
    for (const file of readdirSync(unfinished).filter(name => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', file, '.'], unfinished);
      rmSync(join(unfinished, file));
    }
    await run(inFolder(unfinished).program, ['--version'], unfinished, inFolder(unfinished).env);
    renameSync(unfinished, folder);
  } catch (e) {
    // Another process may have been faster.
    if (!existsSync(folder)) throw e;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The packages that a simulated `apt-get install` names. */
export function packagesToInstall(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].map(match => match[1]!);
}

function inFolder(folder: string): RedisBinary {
  const program = executable(join(folder, 'usr', 'bin', 'redis-server'));
  if (!program) throw new Error(`${folder} holds no redis-server that can be run`);
  const libraries = join(folder, 'usr', 'lib');
  const folders = existsSync(libraries) ? [libraries, ...readdirSync(libraries).filter(name => name.includes('-linux-')).map(name => join(libraries, name))] : [];
  return { program, env: { LD_LIBRARY_PATH: folders.join(':') } };
}
