import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArgoCdBinaries } from './binaries';
import { acceptsConnections, answers, GO_DEFAULTS, type Engine } from './engine';
import { installCrds, installInto, readManifests } from './install';
import type { KubeObject } from '../control-plane/client';
import type { LoggedProcess } from '../control-plane/logged-process';
import type { Plane } from '../control-plane/plane';
import { startServer } from '../control-plane/server';
import { WorkFolder } from '../control-plane/work-folder';

export interface ArgoCdOptions {
  readonly binaries: ArgoCdBinaries;
  /** Where its objects are: two Argo CDs on one control plane need two. @default 'argocd' */
  readonly namespace?: string;
  /** As whom it speaks with the API server: a user of the control plane with all rights. @default admin */
  readonly user?: string;
  /** Whether it may send 5,000 requests a second, instead of the 50 of a fresh installation. @default false */
  readonly raised?: boolean;
  /** Where its logs go. @default a temporary folder, removed by `stop` */
  readonly logDir?: string;
}

/** Starts Argo CD's application controller and repo server, with a Redis: all that deploys, nothing that is looked at. */
export async function startArgoCd(plane: Plane, options: ArgoCdOptions): Promise<Engine> {
  const { binaries, namespace = 'argocd' } = options;
  await installCrds(plane.kube, binaries.crds);
  await installInto(plane.kube, namespace, argoCdObjects(readManifests(binaries.config)));
  const folder = new WorkFolder('argocd', options.logDir);
  const env = argoCdEnvironment(folder.path, namespace, plane.user(options.user ?? 'admin').kubeconfig, options.raised ?? false);
  for (const name of ['tls', 'ssh', 'plugins', 'gpg/keys', 'gpg/source', 'scratch']) mkdirSync(join(folder.path, name), { recursive: true });
  const processes: LoggedProcess[] = [];
  // Last started, first ended.
  const stop = async (keepLogs?: boolean): Promise<void> => {
    for (const process of [...processes].reverse()) await process.stop();
    folder.remove(keepLogs);
  };
  try {
    const redis = await startServer({
      program: binaries.redis.program, logFile: join(folder.logs, 'redis.log'), ports: 1, env: binaries.redis.env,
      args: port => ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      ready: port => acceptsConnections(port!),
    });
    processes.push(redis.process);
    const redisAddress = `127.0.0.1:${redis.ports[0]}`;
    const repoServer = await startServer({
      program: binaries.repoServer, logFile: join(folder.logs, 'repo-server.log'), ports: 2, env,
      args: (port, metrics) => [
        '--address=127.0.0.1', `--port=${port}`, '--metrics-address=127.0.0.1', `--metrics-port=${metrics}`, `--redis=${redisAddress}`, '--disable-tls',
      ],
      ready: (_, metrics) => answers(`http://127.0.0.1:${metrics}/healthz`),
    });
    processes.push(repoServer.process);
    const controller = await startServer({
      program: binaries.applicationController, logFile: join(folder.logs, 'application-controller.log'), ports: 1, env,
      args: metrics => [
        `--namespace=${namespace}`, `--metrics-port=${metrics}`, `--redis=${redisAddress}`, `--repo-server=127.0.0.1:${repoServer.ports[0]}`, '--repo-server-plaintext',
      ],
      ready: metrics => answers(`http://127.0.0.1:${metrics}/healthz`),
    });
    processes.push(controller.process);
  } catch (e) {
    await stop(true);
    throw e;
  }
  return {
    get pids() {
      return processes.filter(process => process.running).map(process => process.pid).filter(pid => pid !== undefined);
    },
    logs: () => processes.map(process => process.logFile),
    stop: ({ keepLogs } = {}) => stop(keepLogs),
  };
}

/** What an installation holds in its namespace; the API server of Argo CD, which does not run here, would add the key and the project. */
export function argoCdObjects(config: readonly KubeObject[]): KubeObject[] {
  return [
    ...config.map(object => object.kind === 'Secret' ? { ...object, stringData: { 'server.secretkey': 'not a secret: nobody logs in' } } : object),
    {
      apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'default' },
      spec: {
        sourceRepos: ['*'], destinations: [{ namespace: '*', server: '*' }], clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  ];
}

/** All its files are below the folder, and none at the places of its image. */
export function argoCdEnvironment(folder: string, namespace: string, kubeconfig: string, raised: boolean): Record<string, string> {
  return {
    ...GO_DEFAULTS,
    KUBECONFIG: kubeconfig,
    // The cluster of the kubeconfig is `https://kubernetes.default.svc`.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_NAMESPACE: namespace,
    // Its number says which shard this is.
    HOSTNAME: 'ctrl-0',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_TLS_DATA_PATH: join(folder, 'tls'),
    ARGOCD_SSH_DATA_PATH: join(folder, 'ssh'),
    ARGOCD_GNUPGHOME: join(folder, 'gpg', 'keys'),
    ARGOCD_GPG_DATA_PATH: join(folder, 'gpg', 'source'),
    ARGOCD_PLUGINSOCKFILEPATH: join(folder, 'plugins'),
    ARGOCD_APP_CONF_PATH: folder,
    TMPDIR: join(folder, 'scratch'),
    ...raised ? { ARGOCD_K8S_CLIENT_QPS: '5000', ARGOCD_K8S_CLIENT_BURST: '10000' } : {},
  };
}
