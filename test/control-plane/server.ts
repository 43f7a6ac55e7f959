import { rmSync } from 'node:fs';
import { freePort } from './free-port';
import { LoggedProcess } from './logged-process';
import { GivenUp, waitUntil } from './wait-until';

export interface Server {
  readonly process: LoggedProcess;
  readonly ports: readonly number[];
}

export interface ServerOptions {
  readonly program: string;
  readonly logFile: string;
  /** How many ports `args` wants. */
  readonly ports: number;
  readonly args: (...ports: number[]) => readonly string[];
  /** More than the environment of this process. @default nothing */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it serves; called again and again until it says so. */
  readonly ready: (...ports: number[]) => Promise<boolean>;
}

/** Starts a server on free ports of the loopback interface, and waits until it is ready. When another process took a port meanwhile, it tries other ones. */
export async function startServer(options: ServerOptions): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const ports = await Promise.all(Array.from({ length: options.ports }, freePort));
    const process = LoggedProcess.start(options.program, options.args(...ports), options.logFile, options.env);
    try {
      await waitUntilReady(process, () => options.ready(...ports));
      return { process, ports };
    } catch (e) {
      await process.stop(0);
      if (attempt === 5 || !/address already in use|failed to listen|bind: /.test(process.logTail(200))) throw e;
      rmSync(options.logFile, { force: true });
    }
  }
}

/** Throws with the end of its log when the program ends instead of getting ready, or is not there within two minutes (the machine may be busy). */
export async function waitUntilReady(process: LoggedProcess, ready: () => Promise<boolean>): Promise<void> {
  try {
    await waitUntil(`${process.name} is ready`, async () => {
      if (!process.running) throw new GivenUp(`${process.name} ended instead of getting ready`);
      return ready();
    }, { timeout: 120_000 });
  } catch (e) {
    throw new Error(`${(e as Error).message}; ${process.logFile} ends:\n${process.logTail()}`, { cause: e });
  }
}
