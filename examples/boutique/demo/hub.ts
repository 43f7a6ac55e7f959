import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const CLI = join(__dirname, '..', '..', '..', 'build', 'cli', 'main.js');

/** `flotilla hub`, while the story goes on. */
export class Hub {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private printed = '';

  constructor(args: readonly string[], cwd: string, signal: AbortSignal) {
    this.child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (text: Buffer): void => { this.printed = `${this.printed}${String(text)}`.slice(-4_000); };
    this.child.stdout!.on('data', keep);
    this.child.stderr!.on('data', keep);
    this.ended = new Promise(resolve => this.child.on('close', () => resolve()));
    signal.addEventListener('abort', () => this.child.kill('SIGTERM'), { once: true });
  }

  /** The end of what it printed. */
  get log(): string {
    return this.printed.trimEnd().split('\n').slice(-8).join('\n');
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
