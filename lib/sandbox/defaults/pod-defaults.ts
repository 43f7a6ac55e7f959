import { addQuantities, formatQuantity, tryParseQuantity } from '../../schema/quantity';
import { isMap, type Json, type JsonMap } from '../json';

/** What sets the defaults of one Go type, in place, on an object that was normalized. */
export type Defaulter = (value: JsonMap) => void;

/** Sets what is not there. */
export function fill(value: JsonMap, defaults: JsonMap): void {
  for (const [key, item] of Object.entries(defaults)) {
    // Go knows no string but the empty one where there is none.
    if (value[key] === undefined || value[key] === null || value[key] === '') value[key] = typeof item === 'object' ? structuredClone(item) : item;
  }
}

/** Numbers of which nothing and 0 are the same. */
function fillZero(value: JsonMap, defaults: JsonMap): void {
  for (const [key, item] of Object.entries(defaults)) value[key] ||= item;
}

export const filling = (defaults: JsonMap): Defaulter => value => fill(value, defaults);

const maps = (value: Json | undefined) => (Array.isArray(value) ? value.filter(isMap) : []);

/** With the tag `latest`, or none, an image is pulled each time. */
function pullPolicy(image: Json | undefined): string {
  const text = String(image ?? '');
  const [, tag, digest] = /^[^@]*?(?::([^/:@]*))?(@.*)?$/.exec(text) ?? [];
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

function container(value: JsonMap): void {
  fill(value, { imagePullPolicy: pullPolicy(value.image), terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' });
}

function volume(value: JsonMap): void {
  if (Object.keys(value).every(key => key === 'name')) value.emptyDir = {};
  if (isMap(value.image)) fill(value.image, { pullPolicy: pullPolicy(value.image.reference) });
}

function pod(value: JsonMap): void {
  const spec = value.spec as JsonMap;
  const containers = [...maps(spec.containers), ...maps(spec.initContainers)];
  for (const { resources } of containers) {
    if (!isMap(resources) || !isMap(resources.limits)) continue;
    resources.requests = { ...resources.limits, ...resources.requests as JsonMap | undefined };
  }
  requestsOfPod(spec);
  if (spec.enableServiceLinks === undefined) spec.enableServiceLinks = true;
  if (spec.hostNetwork === true) {
    for (const port of containers.flatMap(({ ports }) => maps(ports))) port.hostPort ||= port.containerPort;
  }
}

const OF_PODS = /^(cpu|memory|hugepages-.*)$/;

/** Where a Pod has limits of its own, its requests are those of its containers, else its limits. */
function requestsOfPod(spec: JsonMap): void {
  const own = spec.resources;
  if (!isMap(own) || (!isMap(own.limits) && !isMap(own.requests))) return;
  const limits: JsonMap = { ...own.limits as JsonMap | undefined };
  for (const [key, value] of Object.entries(ofContainers(spec, 'limits'))) {
    if (key.startsWith('hugepages-') && (own.requests as JsonMap | undefined)?.[key] === undefined) limits[key] ??= value;
  }
  if (Object.keys(limits).length === 0) return;
  own.limits = limits;
  const requests: JsonMap = { ...own.requests as JsonMap | undefined };
  for (const [key, value] of Object.entries(ofContainers(spec, 'requests'))) {
    if (key === 'cpu' || key === 'memory') requests[key] ??= value;
  }
  for (const [key, value] of Object.entries(limits)) {
    if (OF_PODS.test(key)) requests[key] ??= value;
  }
  own.requests = requests;
}

/** The sum over the containers, or what one of those that run before them needs, whichever is more; those that keep running count with all after them. */
export function ofContainers(spec: JsonMap, list: 'requests' | 'limits'): Record<string, string> {
  const sum = new Map<string, bigint>();
  const formats = new Map<string, string>();
  const peak = new Map<string, bigint>();
  const beside = new Map<string, bigint>();
  const listOf = (item: JsonMap) => Object.entries(((item.resources as JsonMap | undefined)?.[list] ?? {}) as Record<string, string>);
  const read = (key: string, text: string) => {
    const { nano } = tryParseQuantity(text)!;
    if (!formats.has(key)) formats.set(key, text);
    return nano;
  };
  for (const item of maps(spec.containers)) for (const [key, text] of listOf(item)) sum.set(key, (sum.get(key) ?? 0n) + read(key, text));
  for (const item of maps(spec.initContainers)) {
    for (const [key, text] of listOf(item)) {
      const amount = read(key, text);
      if (item.restartPolicy === 'Always') {
        sum.set(key, (sum.get(key) ?? 0n) + amount);
        beside.set(key, (beside.get(key) ?? 0n) + amount);
      }
      const needed = item.restartPolicy === 'Always' ? beside.get(key)! : amount + (beside.get(key) ?? 0n);
      if (needed > (peak.get(key) ?? 0n)) peak.set(key, needed);
    }
  }
  const result: Record<string, string> = {};
  for (const [key, format] of formats) {
    const nano = [sum.get(key) ?? 0n, peak.get(key) ?? 0n].reduce((a, b) => (a > b ? a : b));
    result[key] = formatQuantity(addQuantities({ nano, format: tryParseQuantity(format)!.format }, { nano: 0n, format: 'decimal' }));
  }
  return result;
}

const mode = filling({ defaultMode: 0o644 });
const rbd = filling({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' });
const scaleIo = (fsType: string) => filling({ storageMode: 'ThinProvisioned', fsType });

/** Of everything that a Pod is made of. */
export const POD_DEFAULTS: Readonly<Record<string, Defaulter>> = {
  'core.v1.Pod': pod,
  'core.v1.PodSpec': spec => {
    fill(spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', securityContext: {}, terminationGracePeriodSeconds: 30, schedulerName: 'default-scheduler' });
    // The old name of the field is an alias.
    const account = spec.serviceAccountName || spec.serviceAccount;
    if (account) spec.serviceAccountName = spec.serviceAccount = account;
  },
  'core.v1.Container': container,
  'core.v1.EphemeralContainer': container,
  'core.v1.ContainerPort': filling({ protocol: 'TCP' }),
  'core.v1.Probe': probe => fillZero(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  'core.v1.HTTPGetAction': filling({ path: '/', scheme: 'HTTP' }),
  'core.v1.GRPCAction': action => {
    action.service ??= '';
  },
  'core.v1.ObjectFieldSelector': filling({ apiVersion: 'v1' }),
  'core.v1.FileKeySelector': filling({ optional: false }),
  'core.v1.Volume': volume,
  'core.v1.SecretVolumeSource': mode,
  'core.v1.ConfigMapVolumeSource': mode,
  'core.v1.DownwardAPIVolumeSource': mode,
  'core.v1.ProjectedVolumeSource': mode,
  'core.v1.ServiceAccountTokenProjection': filling({ expirationSeconds: 3600 }),
  'core.v1.HostPathVolumeSource': source => {
    source.type ??= '';
  },
  'core.v1.ISCSIVolumeSource': filling({ iscsiInterface: 'default' }),
  'core.v1.ISCSIPersistentVolumeSource': filling({ iscsiInterface: 'default' }),
  'core.v1.RBDVolumeSource': rbd,
  'core.v1.RBDPersistentVolumeSource': rbd,
  'core.v1.AzureDiskVolumeSource': filling({ cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }),
  'core.v1.ScaleIOVolumeSource': scaleIo('xfs'),
  'core.v1.ScaleIOPersistentVolumeSource': scaleIo('xfs'),
};
