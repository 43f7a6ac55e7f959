import { renderSources } from '../../lib/source/render-sources';
import { HelmRequest, requestKey, SourceRequest, SourceResult } from '../../lib/source/request';

/** A request for a chart, as an application without further wishes makes it. */
export function helmRequest(chart: string, more: Partial<HelmRequest> = {}): HelmRequest {
  return {
    type: 'helm', chart, values: {}, valuesFiles: [], releaseName: 'rel', namespace: 'charts', kubeVersion: '1.36', apiVersions: [], includeCrds: true, deterministic: true,
    hooks: 'waves', ...more,
  };
}

/** What one request comes to. */
export function renderOne(request: SourceRequest, sourceFolders: readonly string[]): SourceResult {
  return renderSources([request], { sourceFolders }).get(requestKey(request))!;
}
