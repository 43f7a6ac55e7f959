/** How a repository is reached, by its address. */
export interface RepositoryAccess {
  readonly kind: 'ssh' | 'http';
  /** `https://git.example.com:8443`, for the settings of git that are meant for one server alone; absent for SSH. */
  readonly origin?: string;
  readonly port: number;
  /** Whether the address holds a password, or a user of HTTP, which may be a token. */
  readonly credential: boolean;
}

/** Tells how a repository is reached; undefined for what leads nowhere from a pod: a path, the name of a remote. */
export function repositoryAccess(repo: string): RepositoryAccess | undefined {
  if (/^(https?|ssh):\/\//i.test(repo)) {
    if (!URL.canParse(repo)) {
      return undefined;
    }
    const url = new URL(repo);
    const ssh = url.protocol === 'ssh:';
    return ssh
      ? { kind: 'ssh', port: Number(url.port) || 22, credential: url.password !== '' }
      : { kind: 'http', origin: url.origin, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80), credential: url.username !== '' || url.password !== '' };
  }
  // git@example.com:shop/live.git; one letter before the colon is a drive of Windows.
  return /^([\w.-]+@)?[\w.-]{2,}:(?!\/\/)\S+$/.test(repo) ? { kind: 'ssh', port: 22, credential: false } : undefined;
}
