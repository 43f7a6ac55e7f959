import { join } from 'node:path';
import { expect } from './expect';
import { Ended, ProgramOptions, runProgram } from './program';
import type { Terminal } from './terminal';

const CLI = join(__dirname, '..', '..', '..', 'build', 'cli', 'main.js');

/** What `flotilla apply -o json` prints, as far as the demo looks at it. */
export interface Applied {
  readonly clusters: readonly {
    readonly cluster: string;
    readonly commit?: string;
    readonly targets: readonly {
      readonly application: string;
      readonly outcome: string;
      readonly ready?: boolean;
      readonly message?: string;
      readonly objects: readonly { readonly object: string; readonly action: string }[];
    }[];
    readonly requests: { readonly total: number; readonly writes: number };
    readonly seconds: number;
  }[];
}

/** What `flotilla status -o json` prints, as far as the demo looks at it. */
export interface Status {
  readonly commit?: string;
  readonly targets: readonly {
    readonly cluster: string;
    readonly application: string;
    readonly sync: string;
    readonly state: string;
    readonly ready: boolean;
    readonly commit?: string;
  }[];
}

/** The command line, as a user types it. */
export class Flotilla {
  constructor(private readonly terminal: Terminal, private readonly options: ProgramOptions) {}

  /** Shows the command, runs it, and expects one of the exit codes. */
  async run(args: readonly string[], expected: readonly number[] = [0]): Promise<Ended> {
    this.terminal.command(`flotilla ${args.join(' ')}`);
    const stopWaiting = this.terminal.wait();
    const ended = await runProgram(process.execPath, [CLI, ...args], this.options).finally(stopWaiting);
    expect(expected.includes(ended.code), `exit code ${expected.join(' or ')} of flotilla ${args[0]}`, `${ended.code}\n${ended.stderr || ended.stdout}`);
    return ended;
  }

  /** Like `read`, and shows nothing: to be called again and again. */
  async peek<T>(args: readonly string[], expected: readonly number[]): Promise<T> {
    const { code, stdout, stderr } = await runProgram(process.execPath, [CLI, ...args, '-o', 'json'], this.options);
    expect(expected.includes(code), `exit code ${expected.join(' or ')} of flotilla ${args[0]}`, `${code}\n${stderr || stdout}`);
    return JSON.parse(stdout) as T;
  }

  /** The same with `-o json`, parsed. */
  async read<T>(args: readonly string[], expected?: readonly number[]): Promise<T> {
    const { stdout } = await this.run([...args, '-o', 'json'], expected);
    return JSON.parse(stdout) as T;
  }
}
