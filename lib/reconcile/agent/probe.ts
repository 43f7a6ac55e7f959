import { isUnauthorized, isUnreachable } from '../../kube/classify';
import type { Connection } from '../../kube/connection';

const TIMEOUT_MS = 10_000;

/** Something did not come through: was it this one thing, or is the cluster away? */
export class Probe {
  private asking = false;

  constructor(private readonly connection: Connection, private readonly signal: AbortSignal, private readonly away: (error: unknown) => void) {}

  /** One small request; `away` is told when it does not come through either. Never throws. */
  public async ask(): Promise<void> {
    if (this.asking) {
      return;
    }
    this.asking = true;
    try {
      await this.connection.request({ method: 'GET', path: '/version', signal: this.signal, timeoutMs: TIMEOUT_MS });
    } catch (error) {
      if (!this.signal.aborted && (isUnreachable(error) || isUnauthorized(error))) this.away(error);
    } finally {
      this.asking = false;
    }
  }
}
