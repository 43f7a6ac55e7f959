import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Credential } from './credentials';

/** What the sockets of one TLS material have in common. */
interface Shared {
  readonly tlsId: string;
  /** Certificates are parsed once and not for each socket. */
  context?: SecureContext;
  /** Of a socket whose server was made sure of: the next handshake takes half of the processor's time. */
  session?: Buffer;
}

/** Opens sockets to one API server: those of the pool and those of the watches. */
export class Dialer {
  private shared?: Shared;

  /** @param timeoutMs for a socket, TLS included */
  constructor(private readonly timeoutMs: number) {}

  /** What `tls.connect` needs, for who opens sockets by himself. */
  public tlsOptions(credential: Credential): { secureContext: SecureContext; servername?: string; rejectUnauthorized: boolean; timeout: number } {
    const { servername, rejectUnauthorized, ...material } = credential.tls;
    const shared = this.sharedOf(credential);
    shared.context ??= createSecureContext(material);
    return { secureContext: shared.context, servername, rejectUnauthorized, timeout: this.timeoutMs };
  }

  /** Opens sockets for undici. */
  public connector(build: typeof buildConnector, credential: Credential): buildConnector.connector {
    const shared = this.sharedOf(credential);
    const dial = (options: buildConnector.Options, callback: buildConnector.Callback, session = shared.session): void => {
      const tls = options.protocol === 'https:' ? this.tlsOptions(credential) : { timeout: this.timeoutMs };
      // undici would keep sessions too, until the next garbage collection, and also of servers that turn out to be others.
      build({ ...tls, session, maxCachedSessions: 0 })(options, (...result) => {
        const [error, socket] = result;
        if (socket instanceof TLSSocket) {
          keepSession(socket, shared);
        } else if (error && session) {
          shared.session = undefined;
          if (isRefusal(error)) {
            dial(options, callback, undefined);
            return;
          }
        }
        callback(...result);
      });
    };
    return (options, callback) => dial(options, callback);
  }

  private sharedOf({ tlsId }: Credential): Shared {
    // A session proves who we were: another certificate needs another one.
    if (this.shared?.tlsId !== tlsId) this.shared = { tlsId };
    return this.shared;
  }
}

function keepSession(socket: TLSSocket, shared: Shared): void {
  // In TLS 1.2 it came with the handshake, from 1.3 on it comes later.
  if (socket.getProtocol() === 'TLSv1.2') shared.session = socket.getSession();
  socket.on('session', session => { shared.session = session; });
}

/** Some servers refuse a session that they cannot take up, instead of beginning anew. */
function isRefusal(error: Error): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === 'EPROTO' || code.startsWith('ERR_SSL');
}
