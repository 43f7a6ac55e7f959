import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ArgoCluster } from './documents';
import { fillIn, Parameters, TemplateError } from './template';

/** What generators look at. */
export interface GeneratorContext {
  readonly clusters: readonly ArgoCluster[];
  /** Folder of the repository, absolute. */
  readonly root: string;
  readonly goTemplate: boolean;
}

/** The address by which Argo CD calls the cluster that it runs in. */
export const IN_CLUSTER = { name: 'in-cluster', server: 'https://kubernetes.default.svc' };

const KNOWN = ['list', 'clusters', 'git', 'matrix'];

/**
 * The parameters that a generator gives, in its order: lists, clusters, directories of Git, and the matrix of two of these.
 *
 * @throws TemplateError for a generator of another kind, or with parts that are not known here.
 */
export function generate(generator: any, context: GeneratorContext, outer: Parameters = {}): Parameters[] {
  const given = Object.keys(generator ?? {});
  const [kind] = given.filter(key => KNOWN.includes(key));
  const other = given.find(key => key !== kind);
  if (kind === undefined || other !== undefined) {
    throw new TemplateError(`a generator has \`${other ?? 'nothing'}\`, which is not mapped`);
  }
  const props = generator[kind] ?? {};
  if (props.template !== undefined && Object.keys(props.template).length > 0) {
    throw new TemplateError('a generator has a template of its own, which is not mapped');
  }
  switch (kind) {
    case 'list':
      return list(props, context, outer);
    case 'clusters':
      return clusters(props, context, outer);
    case 'git':
      return directories(props, context, outer);
    default: {
      const [first, second, ...more] = props.generators ?? [];
      if (second === undefined || more.length > 0) {
        throw new TemplateError('a matrix does not have two generators');
      }
      return generate(first, context, outer).flatMap(a => generate(second, context, { ...outer, ...a }).map(b => ({ ...a, ...b, ...mergedValues(a, b) })));
    }
  }
}

function mergedValues(a: Parameters, b: Parameters): Parameters {
  return a.values === undefined && b.values === undefined ? {} : { values: { ...a.values as object, ...b.values as object } };
}

function list(props: any, { goTemplate }: GeneratorContext, outer: Parameters): Parameters[] {
  if (props.elementsYaml !== undefined) {
    throw new TemplateError('a list has `elementsYaml`, which is not mapped');
  }
  return fillIn(props.elements ?? [], outer, goTemplate) as Parameters[];
}

function clusters(props: any, { clusters: known, goTemplate }: GeneratorContext, outer: Parameters): Parameters[] {
  const { matchLabels = {}, matchExpressions = [] } = fillIn(props.selector ?? {}, outer, goTemplate);
  const selects = ({ labels }: ArgoCluster): boolean => Object.entries(matchLabels).every(([label, value]) => labels[label] === value)
    && matchExpressions.every((expression: any) => matches(labels[expression.key], expression));
  const all = Object.keys(matchLabels).length + matchExpressions.length === 0;
  // Argo CD's own cluster needs no Secret, and without one it has no labels to select.
  const local = all && !known.some(({ server }) => server === IN_CLUSTER.server) ? [{ ...IN_CLUSTER, labels: {}, annotations: {} }] : [];
  return [...known.filter(selects), ...local].map(({ name, server, labels, annotations }) => {
    const own: Parameters = { name, nameNormalized: normalize(name), server, metadata: { labels, annotations } };
    return props.values === undefined ? own : { ...own, values: fillIn(props.values, { ...outer, ...own }, goTemplate) };
  });
}

function matches(value: string | undefined, { operator, values = [] }: { operator: string; values?: readonly string[] }): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new TemplateError(`a selector has the operator ${operator}`);
  }
}

function directories(props: any, { root, goTemplate }: GeneratorContext, outer: Parameters): Parameters[] {
  const patterns = fillIn(props.directories ?? [], outer, goTemplate) as { path: string; exclude?: boolean }[];
  if (props.files !== undefined || patterns.length === 0) {
    throw new TemplateError('a git generator has `files`, which is not mapped');
  }
  const deep = patterns.some(({ path }) => path.includes('**')) ? Infinity : Math.max(...patterns.map(({ path }) => path.split('/').length));
  const matching = (path: string, exclude: boolean): boolean => patterns.some(pattern => (
    (pattern.exclude ?? false) === exclude && globPattern(pattern.path).test(path)
  ));
  const found = foldersBelow(root, '', deep).filter(path => matching(path, false) && !matching(path, true));
  if (found.length === 0) {
    throw new TemplateError(`no folder of the repository matches ${patterns.filter(({ exclude }) => !exclude).map(({ path }) => path).join(', ')}`);
  }
  return found.map(path => {
    const segments = path.split('/');
    const basename = segments[segments.length - 1];
    const own: Parameters = { path: { path, basename, basenameNormalized: normalize(basename), segments } };
    return props.values === undefined ? own : { ...own, values: fillIn(props.values, { ...outer, ...own }, goTemplate) };
  });
}

function foldersBelow(root: string, path: string, depth: number): string[] {
  return depth === 0 ? [] : readdirSync(join(root, path), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => (path === '' ? name : `${path}/${name}`)).sort()
    .flatMap(folder => [folder, ...foldersBelow(root, folder, depth - 1)]);
}

/** `*` and `?` stay within a name, `**` does not. */
export function globPattern(glob: string): RegExp {
  const text = glob.replace(/^\.?\//, '').replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/\{([^{}]*)\}/g, (_, inner: string) => `(${inner.replaceAll(',', '|')})`)
    .replace(/\*\*\/?|\*|\?/g, part => ({ '**/': '(.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[part]!);
  return new RegExp(`^${text}$`);
}

/** A name that Kubernetes takes, as Argo CD makes one. */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[^-a-z0-9.]/g, '-').slice(0, 253).replace(/^[-.]+|[-.]+$/g, '');
}
