/** A fleet as it was found in a repository: what a program is written from. */
export interface ImportedFleet {
  readonly clusters: readonly ImportedCluster[];
  readonly applications: readonly ImportedApplication[];
  readonly unmapped: readonly Unmapped[];
}

export interface ImportedCluster {
  readonly name: string;
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImportedApplication {
  readonly name: string;
  readonly namespace?: string;
  readonly targets: readonly ImportedTarget[];
}

/** One application on one cluster. */
export interface ImportedTarget {
  readonly cluster: string;
  readonly sources: readonly ImportedSource[];
}

/** A source by the name of its class and its props. Paths in the repository begin with {@link IN_ROOT}. */
export interface ImportedSource {
  readonly type: 'HelmChart' | 'Kustomization' | 'Manifests';
  readonly props: Readonly<Record<string, unknown>>;
}

/** What is not in the program, and why. */
export interface Unmapped {
  /** A file or a folder, relative to the root, or the name of an application. */
  readonly where: string;
  /** A clause: `holds Secrets in plain text`. */
  readonly what: string;
}

/** Stands for the root of the repository at the beginning of a path. */
export const IN_ROOT = '@root/';

/** A path in the repository: of a folder `a/b`, or the root itself. */
export function inRoot(path: string): string {
  return `${IN_ROOT}${path.split('/').filter(part => part !== '' && part !== '.').join('/')}`;
}
