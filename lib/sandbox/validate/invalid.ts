import type { ServedResource } from '../served-resource';
import { StatusError, type StatusCause } from '../status-error';

/** `Deployment.apps "web" is invalid: spec.x: Required value`, 422, with each cause. */
export function invalid({ group, kind }: Pick<ServedResource, 'group' | 'kind'>, name: string, causes: readonly StatusCause[]): StatusError {
  const lines = [...new Set(causes.map(({ field, message }) => `${field ?? ''}: ${message}`))];
  const what = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${kind}${group ? `.${group}` : ''} ${JSON.stringify(name)} is invalid: ${what}`, {
    name, ...(group ? { group } : {}), kind, causes,
  });
}
