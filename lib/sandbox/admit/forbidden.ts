import type { PathAttributes, ResourceAttributes } from './policy-rule';
import type { User } from '../api';
import type { ServedResource } from '../served-resource';
import { StatusError, type StatusCause } from '../status-error';

type Kind = Pick<ServedResource, 'group' | 'plural'>;

/** `deployments.apps "web" is forbidden: …`, 403. */
export function forbidden({ group, plural }: Kind, name: string | undefined, why: string, causes?: readonly StatusCause[]): StatusError {
  const what = `${plural}${group ? `.${group}` : ''}${name ? ` ${JSON.stringify(name)}` : ''}`;
  return new StatusError(403, 'Forbidden', `${what} is forbidden: ${why}`, {
    ...(name ? { name } : {}), ...(group ? { group } : {}), kind: plural, ...(causes ? { causes } : {}),
  });
}

/** What somebody hears who is not authorized: `… User "x" cannot list resource "deployments" in API group "apps" in the namespace "shop"`. */
export function unauthorized(user: User, attributes: ResourceAttributes | PathAttributes, reason?: string): StatusError {
  const why = (text: string) => `${text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')}${reason ? `: ${reason}` : ''}`;
  const who = `User ${JSON.stringify(user.name)} cannot ${attributes.verb}`;
  if ('path' in attributes) return new StatusError(403, 'Forbidden', `forbidden: ${why(`${who} path ${JSON.stringify(attributes.path)}`)}`, {});
  const { group, resource, subresource, namespace, name } = attributes;
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const what = `resource ${JSON.stringify(subresource ? `${resource}/${subresource}` : resource)} in API group ${JSON.stringify(group)}`;
  return forbidden({ group, plural: resource }, name, why(`${who} ${what} ${where}`));
}
