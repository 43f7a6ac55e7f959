import type { ErrorLocation } from '../errors';
import type { Manifest } from '../tree/manifest';

/** What is to be rendered, as plain JSON with nothing in it that is not needed: equal requests give equal objects. */
export type SourceRequest = HelmRequest | KustomizeRequest | ManifestsRequest | ConfigMapRequest;

export interface HelmRequest {
  readonly type: 'helm';
  /** A folder, a name in `repository`, or `oci://…`. */
  readonly chart: string;
  readonly repository?: string;
  readonly version?: string;
  readonly values: object;
  readonly valuesFiles: readonly string[];
  readonly releaseName: string;
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly includeCrds: boolean;
  readonly hooks: 'waves' | 'omit' | 'refuse';
  /** Whether what differs from run to run is refused. */
  readonly deterministic: boolean;
}

export interface KustomizeRequest {
  readonly type: 'kustomize';
  readonly path: string;
}

export interface ManifestsRequest {
  readonly type: 'manifests';
  readonly files: readonly string[];
  readonly urls: readonly { readonly url: string; readonly sha256: string }[];
}

export interface ConfigMapRequest {
  readonly type: 'config-map';
  readonly name: string;
  /** Paths, each with its own name for a key, or by their keys. */
  readonly files: readonly string[] | Readonly<Record<string, string>>;
  readonly literals: Readonly<Record<string, string>>;
  readonly nameByContent: boolean;
}

/** The key of a request in the results. */
export function requestKey(request: SourceRequest): string {
  return JSON.stringify(request);
}

/** What a source came to: its objects, or why there are none. */
export interface SourceResult {
  readonly manifests: readonly SourceManifest[];
  /** Nothing of it is used when there is one. */
  readonly errors: readonly SourceError[];
  readonly warnings: readonly SourceError[];
}

/** One object of a source. */
export interface SourceManifest {
  readonly manifest: Manifest;
  /** Which file it came from: `templates/deployment.yaml` of a chart. */
  readonly file?: string;
}

/** What an error is made of, in a form that crosses between processes. */
export interface SourceError {
  readonly code: string;
  readonly what: string;
  readonly fix: string;
  readonly where?: ErrorLocation;
  readonly cause?: string;
}

/** Renders requests, each once. The key of each is in the result. */
export type RenderSources = (requests: readonly SourceRequest[], options: RenderSourcesOptions) => ReadonlyMap<string, SourceResult>;

export interface RenderSourcesOptions {
  /** Folders outside of the working directory that sources may read. */
  readonly sourceFolders: readonly string[];
}
