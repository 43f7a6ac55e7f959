import { RenderedObject } from './objects';
import { Problem } from './problem';
import { Scope } from './scope';
import { isDnsLabel } from '../model/dns-label';
import { isMap } from '../model/values';
import { isPath, parseFieldPaths } from '../rules/field-path';
import { formatGroupKind, groupOf, Manifest } from '../tree/manifest';
import { IGNORE_ANNOTATION } from '../tree/names';

/** `v1` in the core group; elsewhere a DNS subdomain and a version, which custom kinds may call as they like. */
const GROUP_VERSION = /^(v\d+((alpha|beta)\d+)?|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[a-z]([-a-z0-9]{0,61}[a-z0-9])?)$/;
/** A DNS label but for its case. */
const KIND = /^[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/** Whether a manifest has what identifies an object: version, kind, name, and a namespace that can be one. */
export function checkIdentity({ origin, manifest }: RenderedObject): Problem | undefined {
  const { application } = origin;
  const wrong = (code: string, what: string, fix: string): Problem => ({ code, what, fix, application, origin });
  const { apiVersion, kind, metadata } = manifest;
  if (typeof apiVersion !== 'string' || !GROUP_VERSION.test(apiVersion)) {
    return wrong('FLT2013', `${origin.path} has the apiVersion ${JSON.stringify(apiVersion)}`, 'write it as `v1` or as `apps/v1`');
  }
  if (typeof kind !== 'string' || !KIND.test(kind)) {
    return wrong('FLT2013', `${origin.path} has the kind ${JSON.stringify(kind)}`, 'name the kind as its API does: `Deployment`');
  }
  const groupKind = formatGroupKind({ group: groupOf(apiVersion), kind });
  if (isMap(metadata) && metadata.generateName !== undefined) {
    return wrong('FLT2014', `${groupKind} ${origin.path} has the generateName ${JSON.stringify(metadata.generateName)}`,
      'give it a name instead: an object in Git has to be the same object each time it is applied');
  }
  if (!isMap(metadata) || metadata.name === undefined || metadata.name === '') {
    return wrong('FLT2014', `${groupKind} ${origin.path} has no name`, 'give it a `metadata.name`');
  }
  const { name, namespace } = metadata;
  // Kubernetes' rule for a segment of a URL path, which every name has to obey, whatever else its kind asks for.
  if (typeof name !== 'string' || name.length > 253 || name === '.' || name === '..' || /[/%\s]/.test(name)) {
    return wrong('FLT2014', `${groupKind} ${origin.path} has the name ${JSON.stringify(name)}`, 'use a name of at most 253 characters without `/`, `%` and spaces');
  }
  if (namespace !== undefined && !isDnsLabel(namespace)) {
    return wrong('FLT2015', `${groupKind} '${name}' has the namespace ${JSON.stringify(namespace)}`, 'name a namespace, or leave it out');
  }
  return undefined;
}

/** A Secret that everybody who reads the repository could read. */
export function checkSecret({ origin, manifest }: RenderedObject): Problem | undefined {
  if (manifest.kind !== 'Secret' || groupOf(manifest.apiVersion) !== '' || 'sops' in manifest) {
    return undefined;
  }
  const keys = [manifest.data, manifest.stringData].flatMap(data => (isMap(data) ? Object.keys(data) : []));
  return keys.length === 0 ? undefined : {
    code: 'FLT2003',
    application: origin.application,
    origin,
    // Its keys, never its values: messages end up in logs.
    what: `Secret '${manifest.metadata.name}' holds ${[...new Set(keys)].sort().map(key => `'${key}'`).join(', ')} in plain text`,
    fix: 'encrypt it with SOPS and include the encrypted file, or render an ExternalSecret or a SealedSecret instead',
  };
}

/** Fields to ignore that no reader of the tree could tell. */
export function checkIgnore({ origin, manifest }: RenderedObject): Problem | undefined {
  const text: unknown = isMap(manifest.metadata.annotations) ? manifest.metadata.annotations[IGNORE_ANNOTATION] : undefined;
  const wrong = text === undefined ? undefined : (typeof text === 'string' ? parseFieldPaths(text) : [{ what: 'is no text' }]).find(path => !isPath(path));
  return wrong === undefined || isPath(wrong) ? undefined : {
    code: 'FLT2020',
    application: origin.application,
    origin,
    what: `${manifest.kind} '${manifest.metadata.name}' ignores ${JSON.stringify(text)}, which cannot be read: it ${wrong.what}`,
    fix: `set the annotation ${IGNORE_ANNOTATION} to paths with commas between them: \`spec.replicas\``,
  };
}

/** Gives a manifest the namespace that its kind asks for: cdk8s puts that of the chart on everything, and that of no chart on charts inside of it. */
export function settleNamespace(object: RenderedObject, scope: Scope | undefined): void {
  const { origin: { application }, manifest } = object;
  if (!isMap(manifest.metadata)) {
    return;
  }
  const { namespace: given, ...metadata } = manifest.metadata;
  const namespace = scope === 'cluster' ? undefined : given || (scope === 'namespace' ? application.namespace : undefined);
  if (namespace !== given) {
    object.manifest = { ...manifest, metadata: { ...metadata, ...(namespace ? { namespace } : {}) } as Manifest['metadata'] };
  }
}

/** An object that the API server would refuse because it has no namespace. */
export function checkNamespace({ origin, manifest }: RenderedObject, scope: Scope | undefined): Problem | undefined {
  if (scope !== 'namespace' || manifest.metadata.namespace !== undefined) {
    return undefined;
  }
  const groupKind = formatGroupKind({ group: groupOf(manifest.apiVersion), kind: manifest.kind });
  return {
    code: 'FLT2002',
    application: origin.application,
    origin,
    what: `${groupKind} '${manifest.metadata.name}' has no namespace`,
    fix: `give the application ${origin.application.name} or the object a \`namespace\``,
  };
}
