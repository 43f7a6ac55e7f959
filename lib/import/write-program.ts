import { inOrder, inOrderOfPromotion } from './environments';
import { ImportedCluster, ImportedFleet, ImportedTarget } from './imported-fleet';
import { key, sourcesText } from './source-text';
import { quote } from './write-type';

/**
 * A fleet program in TypeScript.
 *
 * @param root Where the repository lies, relative to where the program runs.
 */
export function writeProgram(fleet: ImportedFleet, name: string, root: string): string {
  const clusters = new Map(fleet.clusters.map(cluster => [cluster.name, cluster]));
  const applications = fleet.applications.map(application => ({ application, sources: sourcesText(application.targets, clusters, '  ') }));
  const imports = [...new Set(['Application', 'Cluster', 'Environment', 'Fleet', ...applications.flatMap(({ sources }) => sources.imports)])]
    .sort((a, b) => (a.replace('type ', '') < b.replace('type ', '') ? -1 : 1));
  const environments = inOrderOfPromotion(fleet.clusters.map(({ environment }) => environment));
  return [
    `import { ${imports.join(', ')} } from 'cdk8s-flotilla';\n`,
    `${unmappedText(fleet)}/** Where the repository is, relative to the working directory. */\nconst ROOT = ${quote(root)};\n`,
    fleetText(fleet, name, root, environments),
    environments.map(environment => environmentText(environment, fleet.clusters)).join('\n'),
    ...applications.map(({ application: { name: id, namespace, targets }, sources }) => [
      `new Application(fleet, ${quote(id)}, {\n`,
      namespace === undefined ? '' : `  namespace: ${quote(namespace)},\n`,
      `  placement: ${placementText(targets, fleet.clusters)},\n`,
      `  sources: ${sources.text},\n});\n`,
    ].join('')),
    'fleet.synth();\n',
  ].join('\n');
}

function unmappedText({ unmapped }: ImportedFleet): string {
  const lines = unmapped.map(({ where, what }) => `// - ${`${where}: ${what}`.replace(/\s+/g, ' ')}\n`);
  return lines.length === 0 ? '' : `// Not mapped:\n${lines.join('')}\n`;
}

function fleetText(fleet: ImportedFleet, name: string, root: string, environments: readonly string[]): string {
  const labels = inOrder(fleet.clusters.flatMap(cluster => Object.keys(cluster.labels)));
  const values = (label: string): string => inOrder(fleet.clusters.flatMap(cluster => (label in cluster.labels ? [cluster.labels[label]] : []))).map(quote).join(', ');
  return [
    `const fleet = new Fleet(${quote(name)}, {\n`,
    `  environments: [${environments.map(quote).join(', ')}],\n`,
    labels.length === 0 ? '' : `  labels: {\n${labels.map(label => `    ${key(label)}: [${values(label)}],\n`).join('')}  },\n`,
    root.startsWith('..') || root.startsWith('/') ? '  sourceFolders: [ROOT],\n' : '',
    '});\n',
  ].join('');
}

function environmentText(environment: string, clusters: readonly ImportedCluster[]): string {
  const own = clusters.filter(cluster => cluster.environment === environment);
  const variable = `env${environment.split('-').map(part => part[0].toUpperCase() + part.slice(1)).join('')}`;
  return `const ${variable} = new Environment(fleet, ${quote(environment)});\n${own.map(({ name, labels }) => {
    const pairs = Object.entries(labels).map(([label, value]) => `${key(label)}: ${quote(value)}`);
    return `new Cluster(${variable}, ${quote(name)}${pairs.length === 0 ? '' : `, { labels: { ${pairs.join(', ')} } }`});\n`;
  }).join('')}`;
}

/** The shortest of the selectors that select just these clusters. */
function placementText(targets: readonly ImportedTarget[], clusters: readonly ImportedCluster[]): string {
  const wanted = new Set(targets.map(({ cluster }) => cluster));
  const list = (names: readonly string[]): string => (names.length === 1 ? quote(names[0]) : `[${names.map(quote).join(', ')}]`);
  if (wanted.size === clusters.length) {
    return '{}';
  }
  const environments = inOrderOfPromotion(clusters.filter(({ name }) => wanted.has(name)).map(({ environment }) => environment));
  const without = clusters.filter(({ name, environment }) => environments.includes(environment) && !wanted.has(name)).map(({ name }) => name);
  const all = environments.length === new Set(clusters.map(({ environment }) => environment)).size;
  const parts = [...all ? [] : [`environment: ${list(environments)}`], ...without.length === 0 ? [] : [`not: { cluster: ${list(without)} }`]];
  const byEnvironment = `{ ${parts.join(', ')} }`;
  const byName = `{ cluster: ${list([...wanted])} }`;
  return without.length === 0 || byEnvironment.length < byName.length ? byEnvironment : byName;
}
