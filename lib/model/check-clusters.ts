import { ErrorLocation, FlotillaError } from '../errors';
import { checkKubernetesVersion } from './check-kubernetes-version';
import { Cluster } from './cluster';
import { isDnsLabel } from './dns-label';
import { Environment } from './environment';
import { AnyFleet } from './fleet';
import { labelNames, labelValues } from './label-rules';
import { isLabelValue } from './labels';
import { listNames, suggest } from './suggest';

/** An environment that the fleet does not list, or a label that it does not know. */
export function checkEnvironment(environment: Environment): FlotillaError[] {
  const { fleet, name } = environment;
  const where: ErrorLocation = { construct: environment.node.path, source: environment.source };
  const errors = checkLabels(fleet, environment.labels, where);
  if (!fleet.environments.includes(name)) {
    errors.push(unknownEnvironment(fleet, name, where));
  }
  return errors;
}

/** Labels that the fleet does not know, and a way in that is none. */
export function checkCluster(cluster: Cluster): FlotillaError[] {
  const where: ErrorLocation = { construct: cluster.node.path, source: cluster.source, cluster: cluster.name };
  const errors = checkLabels(cluster.environment.fleet, cluster.ownLabels, where);
  // What the fleet says is told of the fleet.
  const version = cluster.kubernetesVersion === cluster.environment.fleet.kubernetesVersion ? []
    : checkKubernetesVersion(cluster.kubernetesVersion, `the cluster '${cluster.name}'`, where);
  return [...errors, ...checkAccess(cluster, where), ...version];
}

function checkAccess(cluster: Cluster, where: ErrorLocation): FlotillaError[] {
  const context: unknown = cluster.access.context;
  const secret: unknown = cluster.access.secret;
  if (context !== undefined && (typeof context !== 'string' || context === '')) {
    return [new FlotillaError('FLT1019', {
      what: `the context ${JSON.stringify(context)} of the cluster '${cluster.name}' is not a name`, where, fix: 'name a context of the kubeconfig, or leave it out',
    })];
  }
  if (secret === undefined) {
    return [];
  }
  if (context !== undefined) {
    return [new FlotillaError('FLT1019', {
      what: `the cluster '${cluster.name}' has two ways in: a context and a secret`, where, fix: 'name either `context` or `secret` in its `access`',
    })];
  }
  const { name, namespace, key } = (typeof secret === 'object' ? secret ?? {} : {}) as { readonly [field: string]: unknown };
  if (!isObjectName(name) || (namespace !== undefined && !isDnsLabel(namespace)) || (key !== undefined && !isKey(key))) {
    return [new FlotillaError('FLT1019', {
      what: `${JSON.stringify(secret)} of the cluster '${cluster.name}' does not name a Secret`, where,
      fix: 'give its `name`, and where they differ from the defaults its `namespace` and `key`, as `flotilla cluster add` prints them',
    })];
  }
  return [];
}

/** RFC 1123 subdomain: the name of a Secret. */
function isObjectName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= 253 && name.split('.').every(isDnsLabel);
}

/** What Kubernetes takes for a key of a Secret. */
function isKey(key: unknown): boolean {
  return typeof key === 'string' && /^[-._a-zA-Z0-9]{1,253}$/.test(key);
}

/** Clusters of one name in two environments: their folders would be one. */
export function checkClusterNames(clusters: readonly Cluster[]): FlotillaError[] {
  const first = new Map<string, Cluster>();
  return clusters.flatMap(cluster => {
    const other = first.get(cluster.name);
    if (!other) {
      first.set(cluster.name, cluster);
      return [];
    }
    return [new FlotillaError('FLT1017', {
      what: `the cluster name '${cluster.name}' is used twice: by ${other.node.path} (${other.source}) and by ${cluster.node.path}`,
      where: { construct: cluster.node.path, source: cluster.source, cluster: cluster.name },
      fix: 'give each cluster of the fleet a name of its own',
    })];
  });
}

/** For a name that stands where one of the fleet's environments should. */
export function unknownEnvironment(fleet: AnyFleet, name: unknown, where: ErrorLocation): FlotillaError {
  return new FlotillaError('FLT1004', {
    what: `the fleet '${fleet.name}' has no environment ${JSON.stringify(name)}${suggest(String(name), fleet.environments)}`,
    where,
    fix: `use one of ${listNames(fleet.environments)}, or add it to \`environments\` of the Fleet`,
  });
}

/** For a name that stands where one of the fleet's labels should. */
export function unknownLabel(fleet: AnyFleet, label: string, where: ErrorLocation): FlotillaError {
  const names = labelNames(fleet);
  return new FlotillaError('FLT1005', {
    what: `the fleet '${fleet.name}' has no label '${label}'${suggest(label, names)}`,
    where,
    fix: `use one of ${listNames(names)}, or add it to \`labels\` of the Fleet`,
  });
}

/** A value that the label cannot have; nothing if it can. */
export function checkLabelValue(fleet: AnyFleet, label: string, value: unknown, where: ErrorLocation): FlotillaError[] {
  const values = labelValues(fleet, label);
  if (values ? (values as readonly unknown[]).includes(value) : isLabelValue(value)) {
    return [];
  }
  return [new FlotillaError('FLT1006', {
    what: `the label '${label}' cannot be ${JSON.stringify(value)}${values ? suggest(String(value), values) : ''}`,
    where,
    fix: values ? `use one of ${listNames(values)}, or add it to \`labels\` of the Fleet`
      : 'use a string of letters, digits, `-`, `_` and `.`, 63 at most, as in the labels of Kubernetes',
  })];
}

function checkLabels(fleet: AnyFleet, labels: object, where: ErrorLocation): FlotillaError[] {
  const names = labelNames(fleet);
  return Object.entries(labels).filter(([, value]) => value !== undefined).flatMap(([label, value]) => (
    names.includes(label) ? checkLabelValue(fleet, label, value, where) : [unknownLabel(fleet, label, where)]
  ));
}
