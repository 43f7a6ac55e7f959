import { tryParseQuantity } from '../../schema/quantity';
import { maps } from '../admit/pod-of';
import { isMap, type Json, type JsonMap } from '../json';

const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

const DEPRECATED_VOLUMES: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+', gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+', flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+', quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+', cephfs: 'deprecated in v1.28, non-functional in v1.31+', rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

interface Found {
  readonly container: JsonMap;
  /** `spec.template.spec.containers[0]` */
  readonly path: string;
}

/**
 * What an API server warns of in the spec of a Pod: things that are allowed and do nothing, or not what they seem to do.
 *
 * @param path of the spec: `spec.template.spec`
 */
export function podWarnings(spec: JsonMap, path: string): string[] {
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap(list => (
    maps(spec[list]).map((container, i): Found => ({ container, path: `${path}.${list}[${i}]` }))
  ));
  return [
    ...Object.keys(isMap(spec.nodeSelector) ? spec.nodeSelector : {}).flatMap(key => (DEPRECATED_LABELS[key] ? [`${path}.nodeSelector[${key}]: ${DEPRECATED_LABELS[key]}`] : [])),
    ...maps(spec.topologySpreadConstraints).flatMap((constraint, i) => spreadWarnings(constraint, `${path}.topologySpreadConstraints[${i}]`)),
    ...maps(spec.volumes).flatMap((volume, i) => Object.keys(volume).flatMap(key => (DEPRECATED_VOLUMES[key] ? [`${path}.volumes[${i}].${key}: ${DEPRECATED_VOLUMES[key]}`] : []))),
    ...maps(spec.volumes).flatMap(overlapWarnings),
    ...repeated(maps(spec.hostAliases), 'ip').map(({ i, value }) => `${path}.hostAliases[${i}].ip: duplicate ip ${value}`),
    ...repeated(maps(spec.imagePullSecrets), 'name').map(({ i, value }) => `${path}.imagePullSecrets[${i}].name: duplicate name ${value}`),
    ...maps(spec.imagePullSecrets).flatMap(({ name }, i) => (name ? [] : [`${path}.imagePullSecrets[${i}].name: invalid empty name ""`])),
    ...containers.flatMap(({ container, path: at }) => [...resourceWarnings(container.resources, at), ...environmentWarnings(container, at)]),
    ...portWarnings(containers),
    ...portNameWarnings(containers),
    ...Number(spec.terminationGracePeriodSeconds) < 0 ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`] : [],
  ];
}

function spreadWarnings({ topologyKey, labelSelector }: JsonMap, path: string): string[] {
  const deprecated = DEPRECATED_LABELS[String(topologyKey)];
  return [
    ...deprecated ? [`${path}.topologyKey: ${String(topologyKey)} is ${deprecated}`] : [],
    ...labelSelector === undefined ? [`${path}.labelSelector: a null labelSelector results in matching no pod`] : [],
  ];
}

const MAPPED: readonly (readonly [source: string, told: string, name?: string])[] = [['configMap', 'ConfigMap', 'name'], ['secret', 'Secret', 'secretName'], ['downwardAPI', 'DownwardAPI']];

/** Two files of a volume in one place, or one where the other needs a folder. */
function overlapWarnings(volume: JsonMap): string[] {
  return MAPPED.flatMap(([source, told, name]) => {
    const own = volume[source];
    if (!isMap(own)) return [];
    const paths = maps(own.items).map(({ path }) => String(path ?? '').replace(/\/+$/, ''));
    const what = name ? `${told} ${JSON.stringify(own[name] ?? '')}` : told;
    return paths.flatMap((path, i) => paths.slice(0, i).filter(other => path && other && (path === other || path.startsWith(`${other}/`) || other.startsWith(`${path}/`)))
      .map(other => `volume ${JSON.stringify(volume.name)} (${what}): overlapping paths: ${JSON.stringify(path)} with ${JSON.stringify(other)}`));
  });
}

function repeated(items: readonly JsonMap[], key: string): { i: number; value: string }[] {
  const seen = new Set<string>();
  return items.flatMap((item, i) => {
    const value = JSON.stringify(item[key] ?? '');
    if (seen.has(value)) return [{ i, value }];
    seen.add(value);
    return [];
  });
}

const WHOLE = ['memory', 'ephemeral-storage'];

function resourceWarnings(resources: Json | undefined, path: string): string[] {
  if (!isMap(resources)) return [];
  return WHOLE.flatMap(name => ['limits', 'requests'].flatMap(list => fractionWarnings(resources[list], name, `${path}.resources.${list}`)));
}

/** Of a quantity that counts bytes. */
export function fractionWarnings(quantities: Json | undefined, name: string, path: string): string[] {
  const value = isMap(quantities) ? quantities[name] : undefined;
  const nano = value === undefined ? 0n : tryParseQuantity(value as string)?.nano ?? 0n;
  return nano % 1_000_000_000n === 0n ? [] : [`${path}[${name}]: fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`];
}

/** A variable may be made of an earlier one of its name, but not replace it. */
function environmentWarnings({ env }: JsonMap, path: string): string[] {
  const seen = new Set<string>();
  return maps(env).flatMap(({ name, value = '', valueFrom }, i) => {
    const key = String(name);
    const reference = `$(${key})`;
    const isHidden = seen.has(key) && (valueFrom !== undefined || value === reference || !String(value).includes(reference));
    seen.add(key);
    return isHidden ? [`${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`] : [];
  });
}

function portWarnings(containers: readonly Found[]): string[] {
  const known = new Map<string, { port: JsonMap; path: string }[]>();
  const warnings: string[] = [];
  for (const { container, path } of containers) {
    maps(container.ports).forEach((port, i) => {
      const at = `${path}.ports[${i}]`;
      const key = `${String(port.containerPort)}/${String(port.protocol)}`;
      const others = known.get(key) ?? [];
      for (const other of others) {
        const [ip, otherIp] = [port.hostIP ?? '', other.port.hostIP ?? ''];
        const [host, otherHost] = [port.hostPort ?? 0, other.port.hostPort ?? 0];
        if (ip === otherIp && host === otherHost) warnings.push(`${at}: duplicate port definition with ${other.path}`);
        else if (host === 0 || otherHost === 0) warnings.push(`${at}: overlapping port definition with ${other.path}`);
        else if (host === otherHost && (ip === '') !== (otherIp === '')) warnings.push(`${at}: dangerously ambiguous port definition with ${other.path}`);
      }
      known.set(key, [...others, { port, path: at }]);
    });
  }
  return warnings;
}

function portNameWarnings(containers: readonly Found[]): string[] {
  const known = new Map<string, string>();
  return containers.flatMap(({ container, path }) => maps(container.ports).flatMap(({ name }, i) => {
    if (!name) return [];
    const at = `${path}.ports[${i}]`;
    const other = known.get(String(name));
    if (other === undefined) known.set(String(name), at);
    return other === undefined ? [] : [`${at}: duplicate port name ${JSON.stringify(name)} with ${other}, services and probes that select ports by name will use ${other}`];
  }));
}
