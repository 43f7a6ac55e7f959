import { StatusError } from '../status-error';
import type { AccessAttributes } from './rules';

/** 403 in the words of the real server. */
export function forbidden(attributes: AccessAttributes, reason: string): StatusError {
  const { user, verb, group = '', resource, subresource, namespace, name, path } = attributes;
  const because = reason ? `: ${reason}` : '';
  if (resource === undefined) {
    return new StatusError(403, 'Forbidden', `forbidden: User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}${because}`, {});
  }
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace && resource !== 'namespaces' ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const qualified = group ? `${resource}.${group}` : resource;
  const object = name ? ` ${JSON.stringify(name)}` : '';
  const place = resource === 'namespaces' && namespace ? `in the namespace ${JSON.stringify(namespace)}` : where;
  return new StatusError(403, 'Forbidden',
    `${qualified}${object} is forbidden: User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${place}${because}`,
    { ...name ? { name } : {}, ...group ? { group } : {}, kind: resource });
}
