import type { Dispatcher } from 'undici';
import type { RawReply } from './exchange';

export interface LineStreamOptions {
  /** So long may nothing come, in milliseconds. */
  readonly silenceMs: number;
  /** The error of a stream that was silent for longer. */
  readonly silent: () => Error;
}

/** So many lines may wait to be read before the server has to wait. */
const HIGH_WATER = 1_000;
const NEWLINE = 0x0a;

/** One request and its reply, line by line while it comes: a handler of undici's own events. */
export class LineStream implements Dispatcher.DispatchHandler {
  /** Settles with the head of the reply: undefined when lines follow; the whole reply when it is another than a 2xx. */
  public readonly opened: Promise<RawReply | undefined>;
  private readonly watchdog: NodeJS.Timeout;
  private head?: Pick<RawReply, 'status' | 'headers'>;
  private controller?: Dispatcher.DispatchController;
  /** Of a line whose end has not come yet: a chunk may end anywhere, also within a character. */
  private pending: Buffer[] = [];
  private lines: string[] = [];
  private ended = false;
  private error?: Error;
  private cancelled = false;
  private resolve!: (refused: RawReply | undefined) => void;
  private reject!: (error: Error) => void;
  private wake?: () => void;

  constructor(options: LineStreamOptions) {
    this.opened = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // It may be cancelled before anybody waits for it.
    this.opened.catch(() => undefined);
    this.watchdog = setTimeout(() => {
      if (this.controller?.paused) {
        // It is the reader who is late, not the server.
        this.watchdog.refresh();
      } else {
        this.cancel(options.silent());
      }
    }, options.silenceMs);
  }

  /**
   * The lines, to be read once. A last line without an end comes too: whether it is whole, its content tells.
   *
   * @throws what it was cancelled with, at once; the error of undici or Node after the lines that came before it
   */
  public async *read(): AsyncGenerator<string> {
    for (;;) {
      const lines = this.lines;
      this.lines = [];
      for (const line of lines) {
        if (this.cancelled) break;
        yield line;
      }
      if (this.error && (this.cancelled || this.lines.length === 0)) throw this.error;
      if (this.lines.length > 0) continue;
      if (this.ended) return;
      if (this.controller?.paused) this.controller.resume();
      await new Promise<void>(resolve => { this.wake = resolve; });
    }
  }

  /** Ends it, wherever it is, and its socket. */
  public cancel(error: Error): void {
    if (this.ended) return;
    this.cancelled = true;
    this.fail(error);
    this.controller?.abort(error);
  }

  public onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.error) {
      controller.abort(this.error);
    }
  }

  public onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: RawReply['headers']): void {
    this.head = { status, headers };
    if (status >= 200 && status < 300) {
      this.resolve(undefined);
    }
  }

  public onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.watchdog.refresh();
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.pending.push(chunk.subarray(start, end));
      this.endLine();
      start = end + 1;
    }
    if (start < chunk.length) {
      this.pending.push(chunk.subarray(start));
    }
    if (this.lines.length > HIGH_WATER) {
      controller.pause();
    }
    this.wake?.();
  }

  public onResponseEnd(): void {
    this.endLine();
    const { status = 0, headers = {} } = this.head ?? {};
    // Only who was refused still waits for it.
    this.resolve({ status, headers, text: this.lines.join('\n') });
    this.end();
  }

  public onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  private endLine(): void {
    const line = this.pending.length === 1 ? this.pending[0] : Buffer.concat(this.pending);
    this.pending = [];
    if (line.length > 0) {
      this.lines.push(line.toString('utf8'));
    }
  }

  private fail(error: Error): void {
    this.error ??= error;
    this.reject(error);
    this.end();
  }

  private end(): void {
    this.ended = true;
    clearTimeout(this.watchdog);
    this.wake?.();
  }
}
