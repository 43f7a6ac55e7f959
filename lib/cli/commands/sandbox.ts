import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { Sandbox } from '../../sandbox/sandbox';
import { FolderSource } from '../../tree/folder-source';
import { readFleetTree } from '../../tree/read';
import { count } from '../output';
import type { CommandContext } from '../run';
import { sandboxLine } from '../sandbox-line';

interface SandboxCommandOptions {
  readonly fleet?: string;
  readonly clusters?: number;
  readonly kubeconfig: string;
  readonly fault: readonly string[];
  readonly seed?: string;
}

/** A line is told again at most so often, in milliseconds. */
const TELL_MS = 500;

/** `flotilla sandbox` */
export function sandboxCommand({ io }: CommandContext): Command {
  return new Command('sandbox')
    .description('start Kubernetes clusters in this process, to try a fleet on: for development and tests, never for production')
    .option('--fleet <folder>', 'a cluster for each of the fleet whose tree is in this folder')
    .option('--clusters <number>', 'so many clusters, sandbox-1 and so on (default: 1 without --fleet)', parseCount)
    .option('--kubeconfig <file>', 'where the kubeconfig is written, with a context for each cluster', 'sandbox.kubeconfig')
    .option('--fault <fault...>', 'what goes wrong in all of them: latency=200ms,rate=0.1,verb=list (see docs/sandbox.md)', [])
    .option('--seed <text>', 'with equal seeds and requests, faults and names are equal', '')
    .addHelpText('after', `
Each cluster is an API server of Kubernetes 1.36 on the loopback interface, with controllers that work in time-lapse: Deployments become available, Jobs complete,
and no container runs. An image whose tag contains does-not-exist, broken or never-ready fails, each in its way. All is in memory, and gone after Ctrl-C.

Examples:
  $ flotilla sandbox --fleet dist
  $ flotilla apply --dir dist --kubeconfig sandbox.kubeconfig      (in another terminal)
  $ flotilla sandbox --clusters 3 --fault throttle,rate=0.2 --fault latency=300ms,verb=watch
  $ flotilla sandbox --fleet dist --fault restart=empty,after=1m,for=5s      (goes away after a minute, and comes back without its objects)
`)
    .action(async (options: SandboxCommandOptions) => {
      const names = await namesOf(options, io.cwd);
      // Every other command starts without it.
      /* eslint-disable @typescript-eslint/no-require-imports */
      const { Sandbox } = require('../../sandbox/sandbox') as typeof import('../../sandbox/sandbox');
      const { kubeconfigText } = require('../../sandbox/server/kubeconfig-text') as typeof import('../../sandbox/server/kubeconfig-text');
      const { parseFault } = require('../../sandbox/faults/parse-fault') as typeof import('../../sandbox/faults/parse-fault');
      /* eslint-enable @typescript-eslint/no-require-imports */
      const faults = options.fault.map(parseFault);
      const sandboxes: Sandbox[] = [];
      try {
        for (const name of names) {
          sandboxes.push(await Sandbox.start({ name, faults, seed: `${options.seed} ${name}` }));
        }
        const file = resolve(io.cwd, options.kubeconfig);
        await writeFile(file, kubeconfigText(sandboxes), { mode: 0o600 });
        io.err(`${count(sandboxes.length, 'cluster')} of the sandbox; their kubeconfig is ${relative(io.cwd, file) || file}. Ctrl-C ends them\n`);
        await tell(sandboxes, line => io.out(`${line}\n`), io.signal);
      } finally {
        await Promise.all(sandboxes.map(sandbox => sandbox.close()));
      }
    });
}

/** Tells what each cluster holds, whenever that changed, until the signal comes. */
async function tell(sandboxes: readonly Sandbox[], say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const told = new Map<Sandbox, string>();
  const width = Math.max(...sandboxes.map(({ name }) => name.length));
  const look = (): void => {
    for (const sandbox of sandboxes) {
      const line = sandboxLine(sandbox.api);
      if (line !== told.get(sandbox)) say(`${sandbox.name.padEnd(width)}  ${sandbox.url}  ${line}`);
      told.set(sandbox, line);
    }
  };
  look();
  const timer = setInterval(look, TELL_MS);
  await new Promise<void>(end => {
    signal.addEventListener('abort', () => end(), { once: true });
    if (signal.aborted) end();
  });
  clearInterval(timer);
}

/** Of the contexts by which the fleet reaches its clusters. */
async function namesOf({ fleet, clusters }: SandboxCommandOptions, cwd: string): Promise<string[]> {
  const more = Array.from({ length: clusters ?? (fleet === undefined ? 1 : 0) }, (_, i) => `sandbox-${i + 1}`);
  if (fleet === undefined) {
    return more;
  }
  const tree = await readFleetTree(new FolderSource(resolve(cwd, fleet)));
  return [...new Set([...tree.clusters.map(({ name, document }) => document?.spec.access?.context ?? name), ...more])];
}

function parseCount(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 5_000) {
    throw new InvalidArgumentError('It is a whole number from 1 to 5000.');
  }
  return number;
}
