import type { ApiError } from './api-error';
import type { Connection } from './connection';

/** What RBAC denied, taken from the server's sentence: its Status does not hold the verb. */
export interface Denial {
  /** `system:serviceaccount:shop:deployer` */
  readonly user: string;
  readonly verb: string;
  /** `deployments`, `deployments/scale` */
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Absent for what belongs to no namespace, and for all namespaces. */
  readonly namespace?: string;
  /** `shop-deployer may not patch deployments.apps in the namespace shop` */
  readonly sentence: string;
}

/** Reads who may not do what; undefined when it was an admission control or a webhook that refused. */
export function deniedBy(error: ApiError): Denial | undefined {
  const found = /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?/.exec(error.message);
  if (!found) {
    return undefined;
  }
  const [, user, verb, resource, group, namespace] = found;
  const where = namespace === undefined ? '' : ` in the namespace '${namespace}'`;
  return { user, verb, resource, group, namespace, sentence: `'${user}' may not ${verb} ${qualified(resource, group)}${where}` };
}

/** Whether our own user was denied to run as another one. Kubernetes 1.36 has more verbs for it: `impersonate:serviceaccount`, `impersonate-on:…`. */
export function isImpersonationDenied({ verb }: Denial): boolean {
  return /^impersonate(-on)?(:|$)/.test(verb);
}

/** A command that shows whether the permission is there: `kubectl --context prod auth can-i patch deployments.apps -n shop --as=shop-deployer`. */
export function canI(connection: Connection, { verb, resource, group, namespace }: Denial): string {
  const [plural, subresource] = resource.split('/');
  return [
    'kubectl',
    ...(connection.context === undefined ? [] : ['--context', connection.context]),
    'auth can-i', verb, qualified(plural, group),
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
    ...(namespace === undefined ? [] : ['-n', namespace]),
    ...(connection.as === undefined ? [] : [`--as=${connection.as.user}`]),
  ].join(' ');
}

function qualified(resource: string, group: string): string {
  return group ? `${resource}.${group}` : resource;
}
