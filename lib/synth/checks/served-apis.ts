import { Finding } from './finding';
import { suggest } from '../../model/suggest';
import type { KubernetesSchemas } from '../../schema/kubernetes-schemas';
import { tryFindRetired } from '../../schema/retired-apis';
import { groupOf } from '../../tree/manifest';

/**
 * Whether Kubernetes serves a built-in kind in that version, and will.
 *
 * @param version of Kubernetes: `1.36`, `1.36.2`
 * @param schemas of that version, where they are known; without them, what was removed is told, and no more
 */
export function checkServed(apiVersion: string, kind: string, version: string, schemas: KubernetesSchemas | undefined): Finding | undefined {
  const retired = tryFindRetired(apiVersion, kind);
  const minor = Number(version.split('.')[1]);
  const named = `1.${minor}`;
  if (retired?.removedIn !== undefined && retired.removedIn <= minor) {
    return { check: 'unserved-api', what: `is of ${apiVersion}, which Kubernetes has not served since 1.${retired.removedIn}: the cluster runs ${named}`, fix: retired.instead };
  }
  if (retired && retired.deprecatedIn <= minor) {
    const end = retired.removedIn === undefined ? '' : `; 1.${retired.removedIn} does not serve it`;
    return { check: 'deprecated-api', what: `is of ${apiVersion}, deprecated since 1.${retired.deprecatedIn}${end}`, fix: retired.instead };
  }
  const key = keyOf(apiVersion, kind);
  if (!schemas) {
    return undefined;
  }
  if (!schemas.kinds.has(key)) {
    return { check: 'unserved-api', ...describeUnknown(apiVersion, kind, named, schemas) };
  }
  return /(alpha|beta)\d+$/.test(apiVersion) ? {
    check: 'optional-api', what: `is of ${apiVersion}, which Kubernetes ${named} serves only when its API server is told to`,
    fix: 'make sure that it is (--runtime-config), and switch the check off',
  } : undefined;
}

function describeUnknown(apiVersion: string, kind: string, named: string, schemas: KubernetesSchemas): { what: string; fix: string } {
  const group = groupOf(apiVersion);
  const kinds = [...schemas.kinds.keys()].map(key => {
    const [ofGroup, version, name] = key.split('/');
    return { group: ofGroup, apiVersion: ofGroup ? `${ofGroup}/${version}` : version, name };
  });
  const what = `is of ${apiVersion}, which has no kind ${kind} in Kubernetes ${named}`;
  const same = kinds.filter(each => each.name === kind).map(each => each.apiVersion);
  if (same.length > 0) {
    return { what, fix: `write it as ${[...new Set(same)].join(' or ')}` };
  }
  const near = suggest(kind, kinds.filter(each => each.group === group && !each.name.endsWith('List')).map(each => each.name));
  return { what: what + near, fix: 'write kind and apiVersion as the Kubernetes of the cluster knows them' };
}

function keyOf(apiVersion: string, kind: string): string {
  return apiVersion.includes('/') ? `${apiVersion}/${kind}` : `/${apiVersion}/${kind}`;
}
