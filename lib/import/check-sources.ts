import { join } from 'node:path';
import { ImportedApplication, ImportedFleet, ImportedSource, IN_ROOT, Unmapped } from './imported-fleet';
import { renderSources } from '../source/render-sources';
import { requestKey, SourceRequest, SourceResult } from '../source/request';

/**
 * Takes out of a fleet what no tree of ours can hold: targets with sources that cannot be rendered, and with Secrets in plain text.
 * Each is listed. Charts are not rendered: what they need may not be there.
 *
 * @param root Folder of the repository, absolute.
 */
export function withoutBrokenSources(fleet: ImportedFleet, root: string): ImportedFleet {
  const requests = new Map<string, SourceRequest>();
  const keyOf = (source: ImportedSource): string | undefined => {
    const request = requestOf(source, root);
    if (request === undefined) {
      return undefined;
    }
    const key = requestKey(request);
    requests.set(key, request);
    return key;
  };
  fleet.applications.forEach(({ targets }) => targets.forEach(({ sources }) => sources.forEach(keyOf)));
  const results = requests.size === 0 ? new Map<string, SourceResult>() : renderSources([...requests.values()], { sourceFolders: [root] });
  const unmapped: Unmapped[] = [...fleet.unmapped];
  const applications = fleet.applications.map((application): ImportedApplication => ({
    ...application,
    targets: application.targets.filter(({ cluster, sources }) => {
      const wrong = sources.map(source => problemOf(results.get(keyOf(source) ?? ''))).find(problem => problem !== undefined);
      if (wrong !== undefined) {
        unmapped.push({ where: `${application.name} on ${cluster}`, what: `is left out: ${wrong}` });
      }
      return wrong === undefined;
    }),
  }));
  return { ...fleet, applications: applications.filter(({ targets }) => targets.length > 0), unmapped };
}

function requestOf({ type, props }: ImportedSource, root: string): SourceRequest | undefined {
  const absolute = (path: unknown): string => join(root, String(path).slice(IN_ROOT.length));
  switch (type) {
    case 'Kustomization':
      return { type: 'kustomize', path: absolute(props.path) };
    case 'Manifests':
      return { type: 'manifests', files: [props.files].flat().map(absolute), urls: [] };
    default:
      return undefined;
  }
}

function problemOf(result: SourceResult | undefined): string | undefined {
  if (result === undefined) {
    return undefined;
  }
  const [error] = result.errors;
  if (error) {
    return `${error.what}${error.cause ? ` (${error.cause.trim().split('\n')[0]})` : ''}`;
  }
  const secrets = result.manifests.map(({ manifest }) => manifest).filter(manifest => manifest.kind === 'Secret' && manifest.apiVersion === 'v1' && !('sops' in manifest)
    && [manifest.data, manifest.stringData].some(data => typeof data === 'object' && data !== null && Object.keys(data).length > 0));
  return secrets.length === 0 ? undefined : `it holds ${secrets.map(({ metadata }) => `the Secret '${metadata.name}'`).join(' and ')} in plain text`;
}
