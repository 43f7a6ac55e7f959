import type { Impersonation } from './access';
import type { Connection } from './connection';

/** The same way to the server, on which every request and every watch runs as somebody else. It is closed with the one that it goes through. */
export function impersonating(connection: Connection, as: Impersonation): Connection {
  return {
    name: connection.name,
    server: connection.server,
    context: connection.context,
    as,
    get requests() {
      return connection.requests;
    },
    request: request => connection.request({ ...request, impersonate: as }),
    watch: (resource, options) => connection.watch(resource, { ...options, impersonate: as }),
    close: async () => undefined,
  };
}
