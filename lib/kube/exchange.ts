import type { Dispatcher } from 'undici';

/** What came back, whatever it says. */
export interface RawReply {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * One request on its way and its reply: a handler of undici's own events.
 *
 * `Dispatcher.request` would make a stream and an AbortSignal for each: as much work again as the whole request.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  public readonly reply: Promise<RawReply>;
  private readonly chunks: Buffer[] = [];
  private status = 0;
  private headers: RawReply['headers'] = {};
  private controller?: Dispatcher.DispatchController;
  private cancelled?: Error;
  private resolve!: (reply: RawReply) => void;
  private reject!: (error: Error) => void;

  constructor() {
    this.reply = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // It may be cancelled before anybody waits for it.
    this.reply.catch(() => undefined);
  }

  /** Ends it, wherever it is: `reply` rejects with the error. */
  public cancel(error: Error): void {
    this.cancelled = error;
    this.controller?.abort(error);
    // It may still wait for a socket, and be told of nothing until there is one.
    this.reject(error);
  }

  public onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.cancelled) {
      controller.abort(this.cancelled);
    }
  }

  /** Also for what comes before the reply (1xx); the last one counts. */
  public onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: RawReply['headers']): void {
    this.status = statusCode;
    this.headers = headers;
  }

  public onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  public onResponseEnd(): void {
    const bytes = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
    this.resolve({ status: this.status, headers: this.headers, text: bytes.toString('utf8') });
  }

  public onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }
}
