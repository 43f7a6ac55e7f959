/** How to reach one API server, and as whom: one context of a kubeconfig, its paths made absolute. */
export interface Access {
  /** Absent in a cluster. */
  readonly context?: string;
  readonly cluster: ClusterAccess;
  readonly user: UserAccess;
}

export interface ClusterAccess {
  /** URL without a slash at its end. */
  readonly server: string;
  readonly caFile?: string;
  /** Base64 of PEM; wins over the file, as in kubectl. */
  readonly caData?: string;
  readonly insecure: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  /** What an exec plugin may be told of the cluster. */
  readonly execConfig?: unknown;
}

export interface UserAccess {
  readonly token?: string;
  /** Wins over the token, as in kubectl. */
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly certFile?: string;
  /** Base64 of PEM. */
  readonly certData?: string;
  readonly keyFile?: string;
  readonly keyData?: string;
  readonly exec?: ExecPlugin;
  readonly authProvider?: AuthProvider;
  readonly impersonate?: Impersonation;
}

/** A program that prints an `ExecCredential`. */
export interface ExecPlugin {
  /** Absolute where it was given as a path; else it is looked up in PATH. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly installHint?: string;
  readonly interactiveMode?: string;
  readonly provideClusterInfo: boolean;
}

/** The older kind of plugin. */
export interface AuthProvider {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** Whom a request runs as. */
export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[];
}
