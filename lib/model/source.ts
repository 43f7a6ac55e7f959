import { rememberCallSite } from './call-site';

/** Where objects of an application come from, beside its `render`. */
export type Source = HelmChart<any> | Kustomization | Manifests | ConfigMapFiles;

/** A Helm chart and what it is rendered with. */
export interface HelmChartProps<V extends object = Record<string, unknown>> {
  /** A folder, relative to the working directory; the name of a chart in `repository`; or an OCI reference, `oci://registry.example/charts/web`. */
  readonly chart: string;

  /**
   * URL of the chart repository.
   *
   * @default - none; `chart` is a folder or an OCI reference
   */
  readonly repository?: string;

  /**
   * Version of the chart, exact: `4.15.1`. A chart that is not a folder needs one.
   *
   * @default - that of the folder
   */
  readonly version?: string;

  /**
   * Values of the chart, where they differ from its defaults. `flotilla import helm` writes their type.
   *
   * @default - none
   */
  readonly values?: V;

  /**
   * Values files, relative to the working directory; the later wins, and `values` win over all of them.
   *
   * @default - none
   */
  readonly valuesFiles?: readonly string[];

  /** @default - the name of the application */
  readonly releaseName?: string;

  /** @default - the namespace of the application, or `default` */
  readonly namespace?: string;

  /**
   * What `.Capabilities.KubeVersion` is: `1.36` or `1.36.0`.
   *
   * @default - the version of the cluster
   */
  readonly kubeVersion?: string;

  /**
   * What `.Capabilities.APIVersions` has beside the built-in ones: `monitoring.coreos.com/v1/ServiceMonitor`.
   *
   * @default - none
   */
  readonly apiVersions?: readonly string[];

  /**
   * Whether the CustomResourceDefinitions in the chart's folder `crds` are objects of the application.
   *
   * @default true
   */
  readonly includeCrds?: boolean;

  /**
   * What becomes of the chart's hooks: `waves` orders them among the objects, `omit` leaves them out, `refuse` is an error that names them.
   *
   * @default 'waves'
   */
  readonly hooks?: 'waves' | 'omit' | 'refuse';

  /**
   * Whether it has to come out the same at each run. A chart that makes up a password, a certificate or a time does not, and is an error then (FLT2110);
   * with `false`, what was rendered first stays for as long as the cache of this machine has it, and each other machine has something else.
   *
   * @default true
   */
  readonly deterministic?: boolean;
}

/** Objects of a Helm chart, as `helm template` renders it. */
export class HelmChart<V extends object = Record<string, unknown>> {
  /** The line that created it. */
  readonly site: () => string | undefined = rememberCallSite();

  /** @param props The chart and what it is rendered with. Nothing is read before the fleet is synthesized. */
  constructor(readonly props: HelmChartProps<V>) {}
}

/** A Kustomize directory. */
export interface KustomizationProps {
  /** The folder with the `kustomization.yaml`, relative to the working directory. */
  readonly path: string;
}

/** Objects of a Kustomize directory, as `kustomize build` or `kubectl kustomize` renders it. */
export class Kustomization {
  /** The line that created it. */
  readonly site: () => string | undefined = rememberCallSite();

  /** @param props The directory. Nothing is read before the fleet is synthesized. */
  constructor(readonly props: KustomizationProps) {}
}

/** A file at a URL, pinned by its content. */
export interface PinnedUrl {
  /** `https://…` */
  readonly url: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256: string;
}

/** Files with manifests. */
export interface ManifestsProps {
  /**
   * Files, folders (with all below them) and globs, relative to the working directory: `*.yaml`, `*.yml` and `*.json` are read.
   *
   * @default - none
   */
  readonly files?: string | readonly string[];

  /**
   * Files at URLs, after those of `files`.
   *
   * @default - none
   */
  readonly urls?: readonly PinnedUrl[];
}

/** Objects of plain manifests. */
export class Manifests {
  /** The line that created it. */
  readonly site: () => string | undefined = rememberCallSite();

  /** @param props The files. Nothing is read before the fleet is synthesized. */
  constructor(readonly props: ManifestsProps) {}
}

/** A ConfigMap of files and literals. */
export interface ConfigMapFilesProps {
  /** Name of the ConfigMap; a hash of its content is put behind it. */
  readonly name: string;

  /**
   * Files, relative to the working directory: a list, in which each has its own name for a key, or a map of keys to paths.
   * What is no UTF-8 text goes to `binaryData`.
   *
   * @default - none
   */
  readonly files?: readonly string[] | Readonly<Record<string, string>>;

  /**
   * Keys and values.
   *
   * @default - none
   */
  readonly literals?: Readonly<Record<string, string>>;

  /**
   * Whether the name ends with a hash of the content. References to it in the application follow; a change of the content is a rollout of what reads
   * it, and the former ConfigMap stays until that is done.
   *
   * @default true
   */
  readonly nameByContent?: boolean;
}

/** A ConfigMap of files and literals, named by its content. */
export class ConfigMapFiles {
  /** The line that created it. */
  readonly site: () => string | undefined = rememberCallSite();

  /** @param props The files and literals. Nothing is read before the fleet is synthesized. */
  constructor(readonly props: ConfigMapFilesProps) {}
}

/** Whether a value is one of the sources. */
export function isSource(value: unknown): value is Source {
  return value instanceof HelmChart || value instanceof Kustomization || value instanceof Manifests || value instanceof ConfigMapFiles;
}
