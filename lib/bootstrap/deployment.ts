import { gitEnvironment, gitVolume } from './git-credentials';
import { nameOf, namespaceOf, PORT, ReconcilerSettings, selectorOf, USER_ID } from './settings';
import type { Manifest } from '../tree/manifest';

const WEBHOOK_FOLDER = '/etc/flotilla/webhook';
const CACHE = '/var/cache/flotilla';

/** The Deployment of an agent or a hub. Its pods pass the Pod Security Standard `restricted`. */
export function deployment(settings: ReconcilerSettings, labels: Record<string, string>): Manifest {
  const { mode, replicas = 1 } = settings;
  const selector = selectorOf(settings);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: nameOf(settings), namespace: namespaceOf(settings), labels },
    spec: {
      replicas,
      // Two agents would do each other's work twice. Replicas of a hub divide the clusters by Leases, and may overlap.
      strategy: mode === 'agent' ? { type: 'Recreate' } : { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      revisionHistoryLimit: 3,
      selector: { matchLabels: selector },
      template: { metadata: { labels }, spec: podSpec(settings, selector) },
    },
  };
}

function podSpec(settings: ReconcilerSettings, selector: Record<string, string>): object {
  const volumes = volumesOf(settings);
  return {
    serviceAccountName: nameOf(settings),
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    // What is under way is finished or given up in seconds; either is safe.
    terminationGracePeriodSeconds: 30,
    ...(settings.priorityClass === undefined ? {} : { priorityClassName: settings.priorityClass }),
    securityContext: {
      runAsNonRoot: true, runAsUser: USER_ID, runAsGroup: USER_ID, fsGroup: USER_ID, fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    ...(settings.mode === 'hub' ? { topologySpreadConstraints: spread(selector) } : {}),
    containers: [container(settings, volumes.map(({ mount }) => mount))],
    volumes: volumes.map(({ volume }) => volume),
  };
}

function container(settings: ReconcilerSettings, volumeMounts: readonly object[]): object {
  const probe = (path: string, more: object): object => ({ httpGet: { path, port: 'http' }, ...more });
  return {
    name: settings.mode,
    image: settings.image,
    args: argumentsOf(settings),
    env: [
      { name: 'HOME', value: '/tmp' },
      { name: 'TMPDIR', value: '/tmp' },
      { name: 'XDG_CACHE_HOME', value: CACHE },
      ...gitEnvironment(settings),
    ],
    ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
    // Long enough for the first clone of a large tree.
    startupProbe: probe('/healthz', { periodSeconds: 2, failureThreshold: 60 }),
    livenessProbe: probe('/healthz', { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 }),
    readinessProbe: probe('/readyz', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    // No limit of CPU: a first delivery is all work, and a steady cluster none.
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: settings.mode === 'hub' ? '2Gi' : '1Gi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    // Why it ended is in the status of the pod, also when nobody keeps the log.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts,
  };
}

/** The command line: options of `flotilla agent` and `flotilla hub`. */
export function argumentsOf(settings: ReconcilerSettings): string[] {
  const option = (name: string, value: string | undefined): string[] => value === undefined ? [] : [`--${name}`, value];
  const clusters = settings.clusters ?? [];
  return [
    settings.mode,
    ...option('repo', settings.repo),
    ...option('branch', settings.branch ?? 'live'),
    ...option('folder', settings.folder),
    ...(clusters.length > 0 ? ['--cluster', ...clusters] : []),
    ...option('interval', settings.interval),
    ...option('listen', `0.0.0.0:${PORT}`),
    ...option('webhook-secret-file', settings.webhookSecret === undefined ? undefined : `${WEBHOOK_FOLDER}/secret`),
    ...(settings.mode === 'hub' ? option('lease-namespace', namespaceOf(settings)) : []),
  ];
}

function volumesOf(settings: ReconcilerSettings): { volume: object; mount: object }[] {
  const { webhookSecret } = settings;
  return [
    // The tree's Git objects; an evicted pod fetches them anew.
    { volume: { name: 'cache', emptyDir: { sizeLimit: '4Gi' } }, mount: { name: 'cache', mountPath: CACHE } },
    { volume: { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } }, mount: { name: 'tmp', mountPath: '/tmp' } },
    ...gitVolume(settings),
    ...(webhookSecret === undefined ? [] : [{
      volume: { name: 'webhook', secret: { secretName: webhookSecret, defaultMode: 0o440 } },
      mount: { name: 'webhook', mountPath: WEBHOOK_FOLDER, readOnly: true },
    }]),
  ];
}

/** Replicas of a hub on different nodes and in different zones, where there are any. */
function spread(selector: Record<string, string>): object[] {
  return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(topologyKey => (
    { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: selector } }
  ));
}
