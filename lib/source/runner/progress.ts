import { WriteStream } from 'node:tty';

/** One line on a terminal that says what runs; nothing elsewhere. */
export class Progress {
  private begun = 0;

  constructor(private readonly stream: WriteStream, private readonly total: number) {}

  /** Tells of the next job: `helm template ingress (3 of 7)`. */
  public begin(what: string): void {
    this.begun++;
    const count = ` (${this.begun} of ${this.total})`;
    this.show(what.slice(0, Math.max(0, (this.stream.columns || 80) - 1 - count.length)) + count);
  }

  /** Takes the line away. */
  public end(): void {
    this.show('');
  }

  private show(line: string): void {
    if (this.stream.isTTY) {
      this.stream.write(`\r\u001b[2K${line}`);
    }
  }
}
