import { spawnBound } from './bound-process';
import { tryFindInPath } from './executable';

/** Go is missing, too old, or refused: the message says which, and what to do. */
export class GoError extends Error {}

/** Runs `go` in a module folder and returns what it printed. It ends when we do, however that comes about. */
export async function go(args: string[], cwd: string): Promise<string> {
  if (!tryFindInPath('go')) {
    throw new GoError('Go is not installed, and there is no finished build; install Go 1.26 or later (https://go.dev/dl)');
  }
  // It takes both cores for minutes; whoever works meanwhile goes first.
  const child = spawnBound('nice', ['go', ...args], {
    cwd,
    env: {
      ...process.env,
      // Neither a workspace of the user's nor flags for another module may change what is built. CGO would ask for a C compiler.
      GOWORK: 'off',
      GOFLAGS: '',
      CGO_ENABLED: '0',
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr?.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  const code = await new Promise<number | Error | null>(resolve => {
    child.once('error', resolve);
    child.once('close', resolve);
  });
  if (code === 0) return stdout;
  const said = code instanceof Error ? code.message : stderr.trim().split('\n').slice(-8).join('\n');
  throw new GoError(`'go ${args.join(' ')}' in ${cwd} failed: ${said}`);
}

/** The folder with the files of a module, of the version that the go.mod in `cwd` requires. */
export async function moduleFolder(module: string, cwd: string): Promise<string> {
  return (JSON.parse(await go(['mod', 'download', '-json', module], cwd)) as { Dir: string }).Dir;
}
