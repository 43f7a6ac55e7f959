import { execFile, type ExecFileException } from 'node:child_process';
import type { ClusterAccess, ExecPlugin } from './access';
import { CredentialsError } from './credentials-error';
import { isFields, textOf } from './kubeconfig-document';

/** What an exec plugin gave out. */
export interface ExecCredential {
  readonly token?: string;
  /** PEM */
  readonly cert?: string;
  /** PEM */
  readonly key?: string;
  /** Milliseconds since 1970; absent: until the server refuses it. */
  readonly expires?: number;
}

/** A plugin may ask a cloud or open a browser; beyond this it hangs. */
const TIMEOUT_MS = 60_000;

/**
 * Runs a credential plugin, as `users[].user.exec` of a kubeconfig describes it.
 *
 * The plugin gets no terminal: one that must ask somebody fails, and says so.
 *
 * @throws CredentialsError when it cannot be run, fails, or prints no ExecCredential. What it prints on stdout is never shown.
 */
export async function runExecPlugin(plugin: ExecPlugin, cluster: ClusterAccess): Promise<ExecCredential> {
  if (plugin.interactiveMode === 'Always') {
    throw new CredentialsError(`the credential plugin ${plugin.command} wants a terminal (interactiveMode: Always)`);
  }
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster: clusterInfo(cluster) } : {}) },
  };
  const stdout = await run(plugin, { ...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) });
  return parseExecCredential(plugin.command, stdout);
}

function parseExecCredential(command: string, stdout: string): ExecCredential {
  const status = statusOf(stdout);
  const token = textOf(status, 'token');
  const cert = textOf(status, 'clientCertificateData');
  const key = textOf(status, 'clientKeyData');
  if (!token && !(cert && key)) {
    throw new CredentialsError(`the credential plugin ${command} printed no ExecCredential with a token or a certificate and its key`);
  }
  const expires = Date.parse(textOf(status, 'expirationTimestamp') ?? '');
  return { token, cert, key, ...(Number.isNaN(expires) ? {} : { expires }) };
}

function statusOf(stdout: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const credential: unknown = JSON.parse(stdout);
    return isFields(credential) && isFields(credential.status) ? credential.status : undefined;
  } catch {
    // The parser's message would quote what was printed: a token, perhaps.
    return undefined;
  }
}

async function run(plugin: ExecPlugin, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024, windowsHide: true } as const;
    const child = execFile(plugin.command, plugin.args, options, (error, stdout, stderr) => {
      if (error) {
        reject(failed(plugin, error, stderr));
      } else {
        resolve(stdout);
      }
    });
    child.stdin?.on('error', () => undefined).end();
  });
}

function failed(plugin: ExecPlugin, error: ExecFileException, stderr: string): CredentialsError {
  const hint = plugin.installHint ? `\n${plugin.installHint.trim()}` : '';
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    return new CredentialsError(`the credential plugin ${plugin.command} is not there or cannot be run (${error.code})${hint}`);
  }
  const how = error.killed ? `did not end within ${TIMEOUT_MS / 1000} s` : `failed (${error.code ?? 'killed'})`;
  const said = withoutSecrets(stderr.trim().slice(-600));
  return new CredentialsError(`the credential plugin ${plugin.command} ${how}${said ? `: ${said}` : ''}`);
}

/** Replaces what is long and random enough to be a token. */
function withoutSecrets(text: string): string {
  return text.replace(/[\w+=-]{32,}/g, '…');
}

function clusterInfo(cluster: ClusterAccess): Readonly<Record<string, unknown>> {
  return {
    'server': cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.insecure || undefined,
    'certificate-authority-data': cluster.caData,
    'proxy-url': cluster.proxyUrl,
    'config': cluster.execConfig,
  };
}
