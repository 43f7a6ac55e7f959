import { ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FlotillaError } from '../errors';
import { gitEnvironment } from './environment';
import { maskCredentials } from './mask';

export interface RunOptions {
  /** Folder in which git runs. Default: the current one. */
  readonly cwd?: string;
  /** Variables on top of those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What git reads: bytes, or chunks that are produced as git takes them. Default: nothing. */
  readonly stdin?: Buffer | Iterable<Buffer | string> | AsyncIterable<Buffer | string>;
  /** Stops git when it is aborted; the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  /** 0 when all went well; 128 is git's own "fatal". */
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** git's own words, in English, without credentials. */
  readonly stderr: string;
}

/** Runs git and gives its output; throws FLT4001 when git is not installed, FLT4002 when the command failed. */
export async function runGit(args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  const result = await tryRunGit(args, options);
  if (result.exitCode !== 0) {
    throw gitFailed(args, result);
  }
  return result.stdout;
}

/** Runs git and gives its exit code and output, whatever the code; throws FLT4001 when git is not installed. */
export async function tryRunGit(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawnGit(args, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [exitCode] = await Promise.all([exitOf(child), feed(child, options.stdin)]);
  options.signal?.throwIfAborted();
  return { exitCode, stdout: Buffer.concat(stdout), stderr: maskCredentials(Buffer.concat(stderr).toString('utf8')) };
}

/** Starts git for a caller that reads its output as it comes; `exitOf` tells how it ended. */
export function spawnGit(args: readonly string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
  // Node says that the program is missing when it is the folder.
  if (options.cwd !== undefined && !statSync(options.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw gitFailed(args, { exitCode: 127, stderr: `${options.cwd} is not a folder` });
  }
  const child = spawn('git', args, { cwd: options.cwd, env: gitEnvironment(options.env), stdio: 'pipe', windowsHide: true });
  // Not the option of spawn: that tells of an abort before git has ended.
  const stop = (): boolean => child.kill();
  options.signal?.addEventListener('abort', stop);
  child.once('close', () => options.signal?.removeEventListener('abort', stop));
  if (options.signal?.aborted) {
    stop();
  }
  return child;
}

/** Waits for the end of git and gives its exit code; throws FLT4001 when git is not installed. */
export async function exitOf(child: ChildProcessWithoutNullStreams): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', error => reject(notStarted(error, child.spawnargs)));
    child.once('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}

/** Writes what git shall read, not faster than git takes it. */
export async function feed(child: ChildProcessWithoutNullStreams, stdin: RunOptions['stdin']): Promise<void> {
  // A git that has ended early (or never started) tells why by its exit code; the broken pipe says nothing more.
  child.stdin.on('error', () => {});
  try {
    await pipeline(stdin === undefined ? [] : Buffer.isBuffer(stdin) ? [stdin] : Readable.from(stdin), child.stdin);
  } catch (error) {
    if (!isBrokenPipe(error)) {
      child.kill();
      throw error;
    }
  }
}

/** FLT4002: the words of the command that matter, and git's own. */
export function gitFailed(args: readonly string[], result: Pick<RunResult, 'exitCode' | 'stderr'>): FlotillaError {
  return new FlotillaError('FLT4002', {
    what: `\`git ${commandWords(args)}\` failed with exit code ${result.exitCode}`,
    fix: 'see what git says; the same command can be run by hand',
    cause: maskCredentials(result.stderr.trim()) || 'git said nothing',
  });
}

function notStarted(error: NodeJS.ErrnoException, args: readonly string[]): FlotillaError {
  if (error.code === 'ENOENT') {
    return new FlotillaError('FLT4001', {
      what: 'the program git was not found',
      fix: 'install git 2.29 or newer (https://git-scm.com/downloads) and see that PATH leads to it',
      cause: error,
    });
  }
  return gitFailed(args.slice(1), { exitCode: 127, stderr: error.message });
}

function commandWords(args: readonly string[]): string {
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '-c' || args[i] === '-C') {
      i++;
    } else if (args[i] !== '--') {
      words.push(maskCredentials(args[i]));
    }
  }
  return words.length > 8 ? `${words.slice(0, 8).join(' ')} …` : words.join(' ');
}

function isBrokenPipe(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'ENOENT' || code === 'ERR_STREAM_DESTROYED';
}
