import { connect, type ConnectOptions } from '../kube/connect';
import type { Connection } from '../kube/connection';

/** The way to a process's own cluster, opened when it is first needed. A kubeconfig that was not there at that time may be there the next time. */
export class HomeConnection {
  private opened?: Promise<Connection>;

  constructor(private readonly options: ConnectOptions) {}

  /** @throws FLT5001, FLT5002 as `connect`; it may be called again */
  public async open(): Promise<Connection> {
    this.opened ??= connect(this.options).catch(error => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  public async close(): Promise<void> {
    const connection = await this.opened?.catch(() => undefined);
    await connection?.close();
  }
}
