/** How long the API server may take to honour permissions that were written (it follows them by a watch: some milliseconds). */
const HONOURED_WITHIN_MS = 2_000;

/** When permissions were written in a run. A denial may pass by itself as long as some are on their way, and a moment longer. */
export class Grants {
  private pending = 0;
  private last = -Infinity;

  /** Permissions are about to be written; the result is told whether they were. An end is counted once. */
  public begin(): (written: boolean) => void {
    this.pending++;
    let ended = false;
    return written => {
      if (written) {
        this.last = Date.now();
      }
      if (!ended) {
        ended = true;
        this.pending--;
      }
    };
  }

  /** Whether what is denied now may be allowed soon. */
  public mayCome(): boolean {
    return this.pending > 0 || Date.now() - this.last < HONOURED_WITHIN_MS;
  }
}
