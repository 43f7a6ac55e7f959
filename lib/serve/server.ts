import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { causeText, FlotillaError } from '../errors';
import type { ListenAddress } from './address';

/** The program of a server: what answers which path. */
export type App = Hono<{ Bindings: HttpBindings }>;

/** A server that listens. */
export interface Listening {
  /** As the machine knows it, never 0. */
  readonly port: number;
  /** Ends at once: connections that are open are cut. */
  close(): Promise<void>;
}

/**
 * Listens.
 *
 * @throws FLT7001 when the address cannot be listened on.
 */
export async function listen(app: App, { host, port }: ListenAddress): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    // A library does not replace `Request` and `Response` of the whole process.
    overrideGlobalObjects: false,
    // Callers that dawdle hold a socket this long, in milliseconds; nothing here takes a second.
    serverOptions: { headersTimeout: 10_000, requestTimeout: 20_000, connectionsCheckingInterval: 1_000, keepAliveTimeout: 5_000, maxHeaderSize: 16_384 },
  }) as Server;
  server.maxConnections = 512;
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(notListening(host, port, error)));
    server.listen({ host, port }, resolve);
  });
  // Errors of accepting (EMFILE) pass; without a listener they would end the process.
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

const FIXES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'end what listens there, or take another port',
  EACCES: 'take a port above 1023',
  EADDRNOTAVAIL: 'take an address of this machine, or none: `:8080`',
  ENOTFOUND: 'take an address of this machine, or none: `:8080`',
};

function notListening(host: string | undefined, port: number, cause: NodeJS.ErrnoException): FlotillaError {
  return new FlotillaError('FLT7001', {
    what: `cannot listen on ${host?.includes(':') ? `[${host}]` : host ?? ''}:${port}: ${cause.code ?? causeText(cause)}`,
    fix: FIXES[cause.code ?? ''] ?? 'take another address',
    cause,
  });
}
