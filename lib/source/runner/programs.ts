import { ChildProcess, spawn } from 'node:child_process';
import { FlotillaError } from '../../errors';
import { Program } from '../program';

/** More than all objects of a large cluster. */
const MAX_OUTPUT = 128 * 2 ** 20;
/** Of what a program complains, the end says why. */
const MAX_COMPLAINT = 64 * 2 ** 10;

/** How a program ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The programs that run: each in a process group of its own, so that all that it starts ends with it. */
export class Programs {
  private readonly running = new Set<ChildProcess>();

  constructor(private readonly cwd: string, private readonly timeoutMs: number) {}

  /**
   * Runs a program to its end.
   *
   * @param what as messages name it: `helm template ingress`
   * @throws FLT2103 when it cannot be started, FLT2105 when it takes too long or prints too much
   */
  public async run(program: Program, args: readonly string[], what: string, env: Readonly<Record<string, string>> = {}, cwd = this.cwd): Promise<Ended> {
    const child = spawn(program.path, [...program.first, ...args], {
      cwd, env: { ...process.env, LC_ALL: 'C', ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32', windowsHide: true,
    });
    this.running.add(child);
    const [stdout, stderr] = [[] as Buffer[], [] as Buffer[]];
    let bytes = 0;
    let stopped: FlotillaError | undefined;
    const stop = (reason: FlotillaError): void => {
      stopped ??= reason;
      endGroup(child);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT) {
        stop(new FlotillaError('FLT2105', { what: `${what} printed more than ${MAX_OUTPUT / 2 ** 20} MiB`, fix: 'look for what renders so much; split the source into several' }));
      } else {
        stdout.push(chunk);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const timer = setTimeout(() => stop(new FlotillaError('FLT2105', {
      what: `${what} has not ended after ${this.timeoutMs / 1000} s`,
      fix: 'run it by hand to see what it waits for; FLOTILLA_SOURCE_TIMEOUT sets how many seconds a program may take',
    })), this.timeoutMs);
    try {
      const status = await endOf(child, program);
      if (stopped) {
        throw stopped;
      }
      return { status, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).subarray(-MAX_COMPLAINT).toString('utf8').trim() };
    } finally {
      clearTimeout(timer);
      this.running.delete(child);
    }
  }

  /** Ends all that run, and what they started. */
  public endAll(): void {
    this.running.forEach(endGroup);
  }
}

async function endOf(child: ChildProcess, program: Program): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', cause => reject(new FlotillaError('FLT2103', {
      what: `the program ${program.path} cannot be started`, cause, fix: `see that it is a program for this machine; ${program.name} may have to be installed anew`,
    })));
    child.once('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    }
  } catch {
    // It has ended meanwhile.
  }
  // Whoever left the group may hold the pipes open.
  child.stdout?.destroy();
  child.stderr?.destroy();
}
