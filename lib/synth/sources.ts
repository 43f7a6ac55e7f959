import { findUnplain } from './chart-values';
import { ClusterFacts, targetOf } from './placement';
import { Problem } from './problem';
import { isPromise } from './render';
import { overlaysFor, valuesFor } from './values';
import { AnyApplication } from '../model/application';
import { userFrame, withLongStacks } from '../model/call-site';
import { ConfigMapFiles, HelmChart, isSource, Kustomization, Source } from '../model/source';
import { SourceRequest } from '../source/request';

/** A source of one target, and what is asked of it. */
export interface PlannedSource {
  /** For messages: `sources[0]`. */
  readonly name: string;
  readonly request: SourceRequest;
  /** The line that created it. */
  readonly site?: string;
}

/** The sources of one target, in their order. */
export interface PlannedSources {
  readonly sources: readonly PlannedSource[];
  readonly problems: readonly Problem[];
}

const NONE: PlannedSources = { sources: [], problems: [] };

/** What the sources of an application are on one cluster. Nothing is rendered yet. */
export function planSources(application: AnyApplication, facts: ClusterFacts): PlannedSources {
  const { sources } = application;
  if (sources === undefined) {
    return NONE;
  }
  const target = targetOf(application, facts);
  let given: unknown = sources;
  if (typeof sources === 'function') {
    try {
      given = withLongStacks(() => sources(valuesFor(application, overlaysFor(application, facts)), target));
    } catch (cause) {
      return wrong(application, {
        code: 'FLT2101', cause, what: `the function \`sources\` of the application '${application.name}' threw`, where: { source: userFrame(cause) ?? application.source },
        fix: 'mend it, or the values that it gets on these clusters',
      });
    }
  }
  if (isPromise(given)) {
    given.then(undefined, () => {});
  }
  if (!Array.isArray(given) || !given.every(isSource)) {
    return wrong(application, {
      code: 'FLT2102', what: `the \`sources\` of the application '${application.name}' are ${isPromise(given) ? 'a promise' : 'not a list of sources'}`,
      fix: 'give a list of HelmChart, Kustomization, Manifests and ConfigMapFiles, or a function that returns one',
    });
  }
  const unplain = given.flatMap((source: Source, index): Problem[] => checkValues(application, source, index));
  if (unplain.length > 0) {
    return { sources: [], problems: unplain };
  }
  const version = target.kubernetesVersion;
  return { sources: given.map((source, index) => ({ name: `sources[${index}]`, request: requestOf(source, application, version), site: source.site() })), problems: [] };
}

/** Helm gets values as JSON; what that cannot hold would silently be left out. */
function checkValues(application: AnyApplication, source: Source, index: number): Problem[] {
  const found = source instanceof HelmChart ? findUnplain(source.props.values) : undefined;
  return found === undefined ? [] : [{
    code: 'FLT2115', application, where: { construct: `${application.node.path}/sources[${index}]`, source: source.site() ?? application.source },
    what: `the \`values\` of the chart ${(source as HelmChart).props.chart} hold ${found}`,
    fix: 'give plain data alone: strings, finite numbers, booleans, null, lists and maps',
  }];
}

function wrong(application: AnyApplication, problem: Omit<Problem, 'application'>): PlannedSources {
  return { sources: [], problems: [{ ...problem, application }] };
}

/** With every default settled, so that equal requests are equal texts. */
function requestOf(source: Source, application: AnyApplication, kubernetesVersion: string): SourceRequest {
  if (source instanceof HelmChart) {
    const { props } = source;
    return {
      type: 'helm',
      chart: props.chart,
      ...props.repository === undefined ? {} : { repository: props.repository },
      ...props.version === undefined ? {} : { version: props.version },
      values: sorted(props.values ?? {}) as object,
      valuesFiles: [...props.valuesFiles ?? []],
      releaseName: props.releaseName ?? application.name,
      namespace: props.namespace ?? application.namespace ?? 'default',
      kubeVersion: props.kubeVersion ?? kubernetesVersion,
      apiVersions: [...props.apiVersions ?? []],
      includeCrds: props.includeCrds ?? true,
      hooks: props.hooks ?? 'waves',
      deterministic: props.deterministic ?? true,
    };
  }
  if (source instanceof Kustomization) {
    return { type: 'kustomize', path: source.props.path };
  }
  if (source instanceof ConfigMapFiles) {
    const { name, files = {}, literals = {}, nameByContent = true } = source.props;
    return { type: 'config-map', name, files: Array.isArray(files) ? [...files] : sorted(files) as Record<string, string>, literals: sorted(literals) as Record<string, string>, nameByContent };
  }
  const { files = [], urls = [] } = source.props;
  return { type: 'manifests', files: typeof files === 'string' ? [files] : [...files], urls: urls.map(({ url, sha256 }) => ({ url, sha256 })) };
}

/** The order of keys says nothing in values, and `undefined` is not there. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
