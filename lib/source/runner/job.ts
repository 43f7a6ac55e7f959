import { Program } from '../program';
import { HelmRequest, SourceError, SourceManifest } from '../request';

/** What the runner is given: a file of JSON. */
export interface RunnerInput {
  /** Where the programs run, and where relative paths start. */
  readonly cwd: string;
  /** A folder of its own: for intermediate files, and for the outcome of each job, as `0.json`, `1.json`, …. */
  readonly folder: string;
  /** How long a program may take. */
  readonly timeoutMs: number;
  readonly jobs: readonly Job[];
}

export type Job = HelmJob | KustomizeJob | DownloadJob;

export interface HelmJob {
  readonly type: 'helm';
  readonly program: Program;
  readonly request: HelmRequest;
  /** The chart's folder; for one that is elsewhere, the folder that it is to be pulled into, unless it is there. */
  readonly chart: string;
  readonly remote: boolean;
  /** Where the values files lead. */
  readonly valuesFiles: readonly string[];
  /** Where the values are kept when they cannot be rendered, so that the user can try it by hand. */
  readonly keepValues: string;
}

export interface KustomizeJob {
  readonly type: 'kustomize';
  readonly program: Program;
  readonly path: string;
}

export interface DownloadJob {
  readonly type: 'download';
  readonly url: string;
  readonly sha256: string;
}

/** What a job came to. */
export type Outcome = { readonly manifests: readonly SourceManifest[] } | { readonly text: string } | { readonly errors: readonly SourceError[] };

/** What a job does, in the words of a command line. */
export function describeJob(job: Job): string {
  switch (job.type) {
    case 'helm': return `helm template ${job.request.releaseName}`;
    case 'kustomize': return `${commandOf(job.program)} ${job.path}`;
    case 'download': return `download ${job.url}`;
  }
}

/** `kubectl kustomize` */
export function commandOf({ name, first }: Program): string {
  return [name, ...first].join(' ');
}
