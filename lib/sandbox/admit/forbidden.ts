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
