import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { AgentMetrics } from './metrics';
import { probeHealth, probeReadiness } from './probes';
import type { App } from './server';
import type { Webhook } from './webhook';
import type { AgentState } from '../reconcile/agent/events';

export interface Routes {
  readonly metrics: AgentMetrics;
  readonly webhook: Webhook;
  readonly state: () => AgentState;
  /** Milliseconds since the loop last went round; undefined when nobody tells. */
  readonly heartbeatAgeMs: () => number | undefined;
  readonly maxHeartbeatAgeMs: number;
}

const METHODS: Readonly<Record<string, string>> = { '/metrics': 'GET, HEAD', '/healthz': 'GET, HEAD', '/readyz': 'GET, HEAD', '/webhook': 'POST' };

/** What answers which path. */
export function createApp({ metrics, webhook, state, heartbeatAgeMs, maxHeartbeatAgeMs }: Routes): App {
  const app: App = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('X-Content-Type-Options', 'nosniff');
  });
  app.get('/metrics', async c => c.text(await metrics.scrape(), 200, { 'Content-Type': metrics.contentType }));
  app.get('/healthz', c => {
    const { status, body } = probeHealth(heartbeatAgeMs(), maxHeartbeatAgeMs);
    return c.json(body, status);
  });
  app.get('/readyz', c => {
    const { status, body } = probeReadiness(state());
    return c.json(body, status);
  });
  app.post('/webhook', async c => {
    const { outcome, status, message } = await webhook.receive({
      header: name => c.req.header(name), body: c.req.raw.body, peer: c.env.incoming.socket.remoteAddress,
    });
    metrics.takeWebhook(outcome);
    if (status === 503) {
      c.header('Retry-After', '1');
    }
    return c.json({ outcome, message }, status);
  });
  app.notFound(c => {
    const methods = METHODS[c.req.path];
    return methods
      ? c.json({ message: `${c.req.path} takes ${methods}` }, 405, { Allow: methods })
      : c.json({ message: `there are ${Object.keys(METHODS).join(', ')}` }, 404);
  });
  // The words of an unexpected error are for the process, not for whoever asks.
  app.onError((_error, c) => c.json({ message: 'the agent could not tell' }, 500));
  return app;
}
