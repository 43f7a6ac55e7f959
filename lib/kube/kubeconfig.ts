import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { FlotillaError } from '../errors';
import type { Access, ClusterAccess, ExecPlugin, UserAccess } from './access';
import { inCluster, inClusterAccess } from './in-cluster';
import { type Fields, isFields, type KubeconfigDocument, parseKubeconfig, readKubeconfigDocument, textOf } from './kubeconfig-document';

export interface KubeconfigChoice {
  /** Path, or several joined by `path.delimiter`. @default KUBECONFIG, then ~/.kube/config, then the service account of this Pod */
  readonly kubeconfig?: string;
  /** @default current-context */
  readonly context?: string;
}

/**
 * Finds the way to a cluster in the kubeconfig files there are. Of two files that say something of the same name the first one wins.
 *
 * @throws FLT5001 when there is no such context
 * @throws FLT5002 when a file cannot be read, or what it says of the context is not usable
 */
export function readAccess(choice: KubeconfigChoice, env: NodeJS.ProcessEnv = process.env): Access {
  const paths = kubeconfigPaths(choice.kubeconfig, env);
  const documents = paths.map(readKubeconfigDocument).filter(document => document !== undefined);
  if (documents.length === 0) {
    if (!choice.kubeconfig && !env.KUBECONFIG && !choice.context && inCluster(env)) {
      return inClusterAccess(env);
    }
    throw new FlotillaError('FLT5002', {
      what: `there is no kubeconfig ${paths.join(delimiter)}`,
      fix: 'name a kubeconfig that exists: the option `kubeconfig`, or the variable KUBECONFIG',
    });
  }
  return accessOf(documents, choice.context);
}

/**
 * Finds the way to a cluster in the text of a kubeconfig that did not come from this machine, as from a Secret. It holds data alone: what would run
 * a program or read a file here is refused, or whoever writes the text could do both.
 *
 * @param path for messages
 * @throws FLT5001 when there is no such context
 * @throws FLT5002 when it is no kubeconfig, what it says of the context is not usable, or it is more than data
 */
export function parseAccess(path: string, text: string, context?: string): Access {
  const access = accessOf([parseKubeconfig(path, text)], context);
  const { cluster, user } = access;
  const fields: readonly (readonly [name: string, value: unknown])[] = [
    ['exec', user.exec], ['auth-provider', user.authProvider], ['tokenFile', user.tokenFile], ['client-certificate', user.certFile],
    ['client-key', user.keyFile], ['certificate-authority', cluster.caFile],
  ];
  const outside = fields.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (outside.length > 0) {
    throw new FlotillaError('FLT5002', {
      what: `${path} names programs or files of another machine: ${outside.join(', ')}`,
      where: { file: path },
      fix: 'put a token or certificates into it: `token`, `client-certificate-data`, `client-key-data`, `certificate-authority-data`',
    });
  }
  return access;
}

function accessOf(documents: readonly KubeconfigDocument[], chosen: string | undefined): Access {
  const name = chosen ?? first(documents, document => document.currentContext);
  const context = name === undefined ? undefined : first(documents, document => document.contexts.get(name));
  if (name === undefined || !context) {
    throw noContext(name, documents);
  }
  const where = { file: documents.map(document => document.path).join(delimiter) };
  const clusterName = textOf(context, 'cluster') ?? '';
  const userName = textOf(context, 'user');
  const cluster = named(documents, 'clusters', clusterName);
  if (!cluster) {
    throw new FlotillaError('FLT5002', {
      what: `the context '${name}' names the cluster '${clusterName}', which its kubeconfig does not describe`,
      where,
      fix: 'mend the context: `kubectl config set-context NAME --cluster=…`',
    });
  }
  const user = userName === undefined ? undefined : named(documents, 'users', userName);
  if (userName !== undefined && !user) {
    throw new FlotillaError('FLT5002', {
      what: `the context '${name}' names the user '${userName}', which its kubeconfig does not describe`,
      where,
      fix: 'mend the context: `kubectl config set-context NAME --user=…`',
    });
  }
  return {
    context: name,
    cluster: clusterAccess(cluster.fields, cluster.folder, clusterName, where.file),
    user: user ? userAccess(user.fields, user.folder) : {},
  };
}

/** The files that are looked for, in order. */
function kubeconfigPaths(option: string | undefined, env: NodeJS.ProcessEnv): string[] {
  const given = (option ?? env.KUBECONFIG ?? '').split(delimiter).filter(path => path !== '');
  return given.length > 0 ? given.map(path => resolve(path)) : [join(env.HOME ?? homedir(), '.kube', 'config')];
}

function clusterAccess(fields: Fields, folder: string, name: string, file: string): ClusterAccess {
  const server = textOf(fields, 'server')?.replace(/\/+$/, '');
  if (!server || !/^https?:\/\//i.test(server) || !URL.canParse(server)) {
    throw new FlotillaError('FLT5002', {
      what: `the cluster '${name}' has ${server ? `the server '${server}', which is no http(s) URL` : 'no server'}`,
      where: { file },
      fix: 'give it one: `kubectl config set-cluster NAME --server=https://…`',
    });
  }
  const extensions = Array.isArray(fields.extensions) ? fields.extensions as unknown[] : [];
  const exec = extensions.find(extension => isFields(extension) && extension.name === 'client.authentication.k8s.io/exec');
  return {
    server,
    caFile: pathOf(fields, 'certificate-authority', folder),
    caData: textOf(fields, 'certificate-authority-data'),
    insecure: fields['insecure-skip-tls-verify'] === true,
    tlsServerName: textOf(fields, 'tls-server-name'),
    proxyUrl: textOf(fields, 'proxy-url'),
    ...(isFields(exec) ? { execConfig: exec.extension } : {}),
  };
}

function userAccess(fields: Fields, folder: string): UserAccess {
  const provider = isFields(fields['auth-provider']) ? fields['auth-provider'] : undefined;
  const as = textOf(fields, 'as');
  return {
    token: textOf(fields, 'token'),
    tokenFile: pathOf(fields, 'tokenFile', folder),
    username: textOf(fields, 'username'),
    password: textOf(fields, 'password'),
    certFile: pathOf(fields, 'client-certificate', folder),
    certData: textOf(fields, 'client-certificate-data'),
    keyFile: pathOf(fields, 'client-key', folder),
    keyData: textOf(fields, 'client-key-data'),
    ...(isFields(fields.exec) ? { exec: execPlugin(fields.exec, folder) } : {}),
    ...(provider ? { authProvider: { name: textOf(provider, 'name') ?? '', config: map(provider.config) } } : {}),
    ...(as ? { impersonate: { user: as, groups: texts(fields['as-groups']) } } : {}),
  };
}

function execPlugin(fields: Fields, folder: string): ExecPlugin {
  const command = textOf(fields, 'command') ?? '';
  const env = Array.isArray(fields.env) ? (fields.env as unknown[]).filter(isFields) : [];
  return {
    // A bare name is looked up in PATH; one with a slash belongs to the file that names it.
    command: /[\\/]/.test(command) && !isAbsolute(command) ? join(folder, command) : command,
    args: texts(fields.args),
    env: Object.fromEntries(env.map(variable => [textOf(variable, 'name') ?? '', textOf(variable, 'value') ?? ''])),
    apiVersion: textOf(fields, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    installHint: textOf(fields, 'installHint'),
    interactiveMode: textOf(fields, 'interactiveMode'),
    provideClusterInfo: fields.provideClusterInfo === true,
  };
}

function named(documents: readonly KubeconfigDocument[], list: 'clusters' | 'users', name: string): { fields: Fields; folder: string } | undefined {
  return first(documents, document => {
    const fields = document[list].get(name);
    return fields && { fields, folder: dirname(document.path) };
  });
}

function noContext(name: string | undefined, documents: readonly KubeconfigDocument[]): FlotillaError {
  const names = [...new Set(documents.flatMap(document => [...document.contexts.keys()]))].sort();
  const shown = names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');
  const there = names.length > 0 ? `there are ${shown}` : 'there is none at all';
  return new FlotillaError('FLT5001', {
    what: name === undefined
      ? `the kubeconfig has no current context, and none was named; ${there}`
      : `the kubeconfig has no context '${name}'; ${there}`,
    where: { file: documents.map(document => document.path).join(delimiter) },
    fix: 'name one of them, or read another kubeconfig (`--kubeconfig`, KUBECONFIG)',
  });
}

function first<A, B>(items: readonly A[], look: (item: A) => B | undefined): B | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pathOf(fields: Fields, key: string, folder: string): string | undefined {
  const path = textOf(fields, key);
  return path === undefined ? undefined : resolve(folder, path);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function map(value: unknown): Record<string, string> {
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)])) : {};
}
