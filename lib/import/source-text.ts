import { ImportedCluster, ImportedSource, ImportedTarget, IN_ROOT } from './imported-fleet';
import { quote } from './write-type';

/** What of a target stands in the text of its sources: a value, and the expression for it. */
interface Variable {
  readonly value: string;
  readonly code: string;
  /** What `sources` takes apart to have it. */
  readonly name: 'cluster' | 'environment' | 'labels';
}

/** The sources of an application as an expression of TypeScript. */
export interface SourcesText {
  readonly text: string;
  /** Names of what it imports. */
  readonly imports: readonly string[];
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** The value of `sources`: a list where all targets have the same, or else a function with what most have in common, and a table of the others. */
export function sourcesText(targets: readonly ImportedTarget[], clusters: ReadonlyMap<string, ImportedCluster>, indent: string): SourcesText {
  const choices = variablesFor(targets.map(({ cluster }) => clusters.get(cluster)!));
  const tried = choices.map(variablesOf => {
    const texts = targets.map(({ cluster, sources }) => listText(sources, variablesOf(clusters.get(cluster)!), `${indent}  `));
    const counts = new Map<string, number>();
    texts.forEach(({ text }) => counts.set(text, (counts.get(text) ?? 0) + 1));
    const [text, count] = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best));
    return { text, count, texts, variablesOf };
  });
  const { text: common, texts, variablesOf: chosen } = tried.reduce((best, each) => (each.count > best.count ? each : best));
  const used = texts.find(({ text }) => text === common)!.used;
  const others = targets.filter((_, index) => texts[index].text !== common);
  const imports = [...new Set(targets.flatMap(({ sources }) => sources.map(({ type }) => type)))];
  if (others.length === 0) {
    const [{ cluster, sources }] = targets;
    const { text } = listText(sources, chosen(clusters.get(cluster)!), indent);
    return { text: used.length === 0 ? text : `(_, { ${used.join(', ')} }) => ${text}`, imports };
  }
  const rows = others.map(({ cluster, sources }) => `${indent}    ${key(cluster)}: ${listText(sources, [], `${indent}    `).text},\n`).join('');
  const taken = [...new Set(['cluster', ...used])].sort().join(', ');
  return {
    text: `(_, { ${taken} }) => {\n${indent}  const others: Record<string, Source[]> = {\n${rows}${indent}  };\n${indent}  return others[cluster] ?? ${common};\n${indent}}`,
    imports: [...imports, 'type Source'],
  };
}

/** From no variable to all of them: of two that serve as many targets the first is taken. */
function variablesFor(clusters: readonly ImportedCluster[]): ((cluster: ImportedCluster) => Variable[])[] {
  const labels = [...new Set(clusters.flatMap(({ labels: own }) => Object.keys(own)))];
  const cluster = ({ name }: ImportedCluster): Variable => ({ value: name, code: 'cluster', name: 'cluster' });
  const environment = ({ environment: value }: ImportedCluster): Variable => ({ value, code: 'environment', name: 'environment' });
  const label = (name: string) => ({ labels: own }: ImportedCluster): Variable[] => (
    own[name] === undefined ? [] : [{ value: own[name], code: IDENTIFIER.test(name) ? `labels.${name}` : `labels[${quote(name)}]`, name: 'labels' }]
  );
  return [
    () => [], one => [cluster(one)], one => [environment(one)], one => [cluster(one), environment(one)],
    ...labels.flatMap(name => [
      label(name), (one: ImportedCluster) => [cluster(one), ...label(name)(one)],
      (one: ImportedCluster) => [cluster(one), environment(one), ...label(name)(one)],
    ]),
    one => [cluster(one), environment(one), ...labels.flatMap(name => label(name)(one))],
  ];
}

function listText(sources: readonly ImportedSource[], variables: readonly Variable[], indent: string): { text: string; used: string[] } {
  const used = new Set<string>();
  const items = sources.map(({ type, props }) => `new ${type}(${valueText(props, variables, sources.length > 1 ? `${indent}  ` : indent, used)})`);
  const text = items.length === 1 ? `[${items[0]}]` : `[${items.map(item => `\n${indent}  ${item},`).join('')}\n${indent}]`;
  return { text, used: [...used].sort() };
}

function valueText(value: unknown, variables: readonly Variable[], indent: string, used: Set<string>): string {
  if (typeof value === 'string') {
    return stringText(value, variables, used);
  }
  if (Array.isArray(value)) {
    return `[${value.map(item => valueText(item, variables, indent, used)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([name, inner]) => `${key(name)}: ${valueText(inner, variables, `${indent}  `, used)}`);
    const line = `{ ${parts.join(', ')} }`;
    return parts.length === 0 ? '{}' : line.length <= 100 && !line.includes('\n') ? line : `{${parts.map(part => `\n${indent}  ${part},`).join('')}\n${indent}}`;
  }
  return JSON.stringify(value);
}

function stringText(text: string, variables: readonly Variable[], used: Set<string>): string {
  const parts: string[] = [];
  let rest = text;
  if (rest.startsWith(IN_ROOT)) {
    parts.push(rest === IN_ROOT ? '${ROOT}' : '${ROOT}/');
    rest = rest.slice(IN_ROOT.length);
  }
  while (rest !== '') {
    const found = variables.map(variable => ({ variable, at: wordAt(rest, variable.value) })).filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || b.variable.value.length - a.variable.value.length)[0];
    const plain = found ? rest.slice(0, found.at) : rest;
    parts.push(plain.replace(/[\\`]|\$\{/g, '\\$&'));
    if (!found) {
      break;
    }
    parts.push(`\${${found.variable.code}}`);
    used.add(found.variable.name);
    rest = rest.slice(found.at + found.variable.value.length);
  }
  const template = parts.join('');
  return template === '${ROOT}' ? 'ROOT' : parts.some(part => part.startsWith('${')) ? `\`${template}\`` : quote(text);
}

/** Where a value stands in a text as a word of its own: `prod` is not in `production`, and is in `web-prod`. */
function wordAt(text: string, value: string): number {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    if (!/[A-Za-z0-9]/.test(text[at - 1] ?? ' ') && !/[A-Za-z0-9]/.test(text[at + value.length] ?? ' ')) {
      return at;
    }
  }
  return -1;
}

/** A key of an object literal. */
export function key(name: string): string {
  return IDENTIFIER.test(name) ? name : quote(name);
}
