import { ObjectIdentity } from '../tree/manifest';

/** What kubectl calls the kinds that are typed most. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  cj: 'cronjob', cm: 'configmap', crd: 'customresourcedefinition', deploy: 'deployment', ds: 'daemonset', ep: 'endpoints', hpa: 'horizontalpodautoscaler',
  ing: 'ingress', limits: 'limitrange', netpol: 'networkpolicy', ns: 'namespace', pc: 'priorityclass', pdb: 'poddisruptionbudget', po: 'pod',
  pv: 'persistentvolume', pvc: 'persistentvolumeclaim', quota: 'resourcequota', rs: 'replicaset', sa: 'serviceaccount', sc: 'storageclass', sts: 'statefulset',
  svc: 'service',
};

/** What an object is called on a command line. */
export interface ObjectName {
  /** In lower case, without its group: `deployment`, `deployments`. */
  readonly kind: string;
  /** Absent where none was named. */
  readonly group?: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Reads `deployment/web`, `deployments.apps/web` or `Deployment.apps/shop/web`; undefined for anything else. */
export function parseObjectName(text: string): ObjectName | undefined {
  const match = /^([A-Za-z][\w-]*)(?:\.([^/]+))?\/(?:([^/]+)\/)?([^/]+)$/.exec(text);
  if (!match) {
    return undefined;
  }
  const [, kind, group, namespace, name] = match;
  return { kind: kind.toLowerCase(), ...group === undefined ? {} : { group: group.toLowerCase() }, ...namespace === undefined ? {} : { namespace }, name };
}

/** Whether an object is of the kind that was named, and in the namespace; its name is another matter. */
export function isOfKind({ kind, group, namespace }: ObjectName, object: ObjectIdentity): boolean {
  return (group === undefined || group === object.group) && (namespace === undefined || namespace === object.namespace)
    && namesOf(object.kind.toLowerCase()).includes(SHORT_NAMES[kind] ?? kind);
}

/** `ingress` and `ingresses`, `networkpolicy` and `networkpolicies`: as Kubernetes forms them. */
function namesOf(kind: string): string[] {
  const plural = /(s|x|ch|sh)$/.test(kind) ? `${kind}es` : /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
  return [kind, plural];
}
