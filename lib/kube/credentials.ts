import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Access, ClusterAccess, Impersonation, UserAccess } from './access';
import { authProviderToken } from './auth-provider';
import { CredentialsError } from './credentials-error';
import { type ExecCredential, runExecPlugin } from './exec-plugin';

/** What a request carries to be let in. */
export interface Credential {
  /** Value of the header `authorization`; absent with a client certificate. */
  readonly authorization?: string;
  readonly impersonate?: Impersonation;
  readonly tls: TlsMaterial;
  /** Equal for equal material: a new one needs new sockets. */
  readonly tlsId: string;
}

export interface TlsMaterial {
  /** PEM */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/** Files and plugins are asked again after this long. */
const FRESH_MS = 30_000;
/** A refused plugin is not run again within this time: twenty requests may be refused one after the other. */
const PLUGIN_PAUSE_MS = 5_000;

/** The credentials of a connection, which may be renewed at any time behind our back: kubeconfig, token files, certificates, plugins. */
export class Credentials {
  private credential?: Credential;
  private readAt = 0;
  private reading?: Promise<Credential>;
  private plugin?: { readonly id: string; readonly ranAt: number; readonly credential: ExecCredential };

  /** @param access reads the kubeconfig, at each renewal */
  constructor(private readonly access: () => Access | Promise<Access>) {}

  /**
   * What to present; read again when it is older than 30 s.
   *
   * @throws CredentialsError when there is nothing, now and from before
   */
  public async current(): Promise<Credential> {
    if (this.credential && Date.now() - this.readAt < FRESH_MS) {
      return this.credential;
    }
    const old = this.credential;
    try {
      return await this.read(false);
    } catch (error) {
      if (!old) throw error;
      // What was good a moment ago may still be; the server will say.
      this.readAt = Date.now();
      return old;
    }
  }

  /**
   * What to present instead of something that the server refused; undefined when there is nothing else.
   *
   * @throws CredentialsError when it cannot be read
   */
  public async renew(refused: Credential): Promise<Credential | undefined> {
    const next = this.credential && !same(this.credential, refused) ? this.credential : await this.read(true);
    return same(next, refused) ? undefined : next;
  }

  private async read(refused: boolean): Promise<Credential> {
    this.reading ??= this.readNow(refused).finally(() => { this.reading = undefined; });
    return this.reading;
  }

  private async readNow(refused: boolean): Promise<Credential> {
    const { cluster, user } = await this.access();
    const plugin = user.exec && await this.runPlugin(user, cluster, refused);
    const tls: TlsMaterial = {
      ca: pem(cluster.caData, cluster.caFile),
      cert: plugin?.cert ?? pem(user.certData, user.certFile),
      key: plugin?.key ?? pem(user.keyData, user.keyFile),
      servername: cluster.tlsServerName,
      rejectUnauthorized: !cluster.insecure,
    };
    this.credential = {
      authorization: plugin?.token ? bearer(plugin.token) : await authorizationOf(user),
      impersonate: user.impersonate,
      tls,
      tlsId: createHash('sha256').update(JSON.stringify(tls)).digest('base64url'),
    };
    this.readAt = Date.now();
    return this.credential;
  }

  private async runPlugin(user: UserAccess, cluster: ClusterAccess, refused: boolean): Promise<ExecCredential> {
    const id = JSON.stringify(user.exec);
    const known = this.plugin?.id === id ? this.plugin : undefined;
    const now = Date.now();
    if (known && (refused ? now - known.ranAt < PLUGIN_PAUSE_MS : now + FRESH_MS < (known.credential.expires ?? Infinity))) {
      return known.credential;
    }
    const credential = await runExecPlugin(user.exec!, cluster);
    this.plugin = { id, ranAt: Date.now(), credential };
    return credential;
  }
}

async function authorizationOf(user: UserAccess): Promise<string | undefined> {
  const token = user.tokenFile ? readSecret(user.tokenFile) : user.token;
  if (token) {
    return bearer(token);
  }
  if (user.authProvider) {
    return bearer(await authProviderToken(user.authProvider));
  }
  return user.username === undefined ? undefined : `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
}

/** Files of tokens mostly end in a line break, which no header may hold. */
function bearer(token: string): string {
  return `Bearer ${token.trim()}`;
}

/** Data wins over a file, as in kubectl. */
function pem(data: string | undefined, file: string | undefined): string | undefined {
  return data !== undefined ? Buffer.from(data, 'base64').toString('utf8') : file === undefined ? undefined : readSecret(file);
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CredentialsError(`${file}, which the kubeconfig names, cannot be read`, error);
  }
}

function same(a: Credential, b: Credential): boolean {
  return a.authorization === b.authorization && a.tlsId === b.tlsId;
}
