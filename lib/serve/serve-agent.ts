import { FlotillaError } from '../errors';
import { parseListenAddress } from './address';
import { coalesce } from './coalesce';
import { AgentMetrics } from './metrics';
import { createApp } from './routes';
import { listen } from './server';
import { Webhook } from './webhook';
import type { AgentListener, AgentState } from '../reconcile/agent/events';

export interface ServeAgentOptions {
  /** Where to listen: `HOST:PORT`, `[IPV6]:PORT` or `:PORT`; port 0 takes one that is free. */
  readonly listen: string;
  /** Subscribes to what the agent tells; returns how to end that. */
  readonly events: (listener: AgentListener) => () => void;
  /** Where the agent stands. Asked at each scrape and each probe: it should be cheap. */
  readonly state: () => AgentState;
  /** Has the source asked soon. Must not throw. */
  readonly wake: (cause: 'webhook') => void;
  /**
   * Milliseconds since the agent's loop last went round, for `/healthz`.
   * @default `/healthz` answers 200 whenever the process answers
   */
  readonly heartbeatAgeMs?: () => number;
  /**
   * From this age of the heartbeat on, in milliseconds, `/healthz` answers 503. Take more than the interval at which the source is polled.
   * @default 300000, five minutes
   */
  readonly maxHeartbeatAgeMs?: number;
  /**
   * The secret that callers of the webhook share. Never empty.
   * @default only calls from this machine wake the source
   */
  readonly webhookSecret?: string;
  /**
   * The branch that is delivered: pushes to others are ignored.
   * @default every push wakes the source
   */
  readonly branch?: string;
  /**
   * The least time between two calls of `wake`, in milliseconds.
   * @default 1000
   */
  readonly wakeIntervalMs?: number;
  /**
   * So many deliveries have metrics of their own; when there are more, only sums per cluster are told.
   * @default 10000
   */
  readonly maxSeries?: number;
}

/** The HTTP face of an agent that runs. */
export interface AgentServer {
  /** The port that it listens on. */
  readonly port: number;
  /** Ends at once, and listens to the agent no longer. May be called again. */
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz`, `/readyz` and `/webhook` of an agent.
 *
 * @throws FLT7001 when the address cannot be listened on, FLT7002 when it is none, FLT7003 when the secret is empty.
 */
export async function serveAgent(options: ServeAgentOptions): Promise<AgentServer> {
  const { state, events, heartbeatAgeMs, maxHeartbeatAgeMs = 300_000, webhookSecret: secret, branch, wakeIntervalMs = 1_000, maxSeries } = options;
  const address = parseListenAddress(options.listen);
  if (secret?.trim() === '') {
    throw new FlotillaError('FLT7003', { what: 'the secret of the webhook is empty', fix: 'set it to a long random text, the same as where the webhook is sent from' });
  }
  const wake = coalesce(() => options.wake('webhook'), wakeIntervalMs);
  const metrics = new AgentMetrics({ state, maxSeries });
  const webhook = new Webhook({ wake, secret, branch });
  // Before anything is awaited: what happens meanwhile counts.
  const unsubscribe = events(event => metrics.take(event));
  const app = createApp({ metrics, webhook, state, heartbeatAgeMs: () => heartbeatAgeMs?.(), maxHeartbeatAgeMs });
  const server = await listen(app, address).catch(error => {
    unsubscribe();
    throw error;
  });
  let closed: Promise<void> | undefined;
  return {
    port: server.port,
    close: () => closed ??= (() => {
      unsubscribe();
      wake.stop();
      return server.close();
    })(),
  };
}
