import { KubeObject } from './health';

/** The API group of an object; empty for the core group. */
export function groupOf({ apiVersion }: KubeObject): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
