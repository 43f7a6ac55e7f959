import { FLEET_FILE, parseTreePath } from './paths';
import { at } from './shape';
import { parseYaml } from '../yaml/parse';

/** A file that the commit writes. */
export interface WrittenFile {
  readonly path: string;
  /** Whether the branch had no such file. */
  readonly isNew: boolean;
}

/** What changed of one application on one cluster, in objects. */
interface Counts {
  added: number;
  changed: number;
  removed: number;
  /** Of the Delivery. */
  delivery?: 'added' | 'changed' | 'removed';
}

/** What changed on one cluster. */
interface ClusterChange {
  document?: 'added' | 'changed' | 'removed';
  readonly applications: Map<string, Counts>;
}

/** Names are listed up to this many; a subject of Git has 72 characters at most where it can be helped. */
const MOST_NAMES = 20;
const SUBJECT_LENGTH = 72;

/**
 * The message of a commit: a subject such as `flotilla: shop, 3 clusters: web changed`, and a line for each set of clusters that changed alike, such as
 * `prod-eu-west-1, prod-us-east-1: web (1 added, 2 changed), api (1 removed)`.
 */
export function publishMessage(fleetFile: string | undefined, written: readonly WrittenFile[], deleted: readonly string[]): string {
  const name = fleetFile === undefined ? 'fleet' : String(at(parseYaml(fleetFile, FLEET_FILE), 'metadata.name'));
  const clusters = countByCluster(written, deleted);
  const lines = bodyLines(clusters);
  return `flotilla: ${name}, ${subject(clusters, name.length)}\n${lines.length > 0 ? `\n${lines.join('\n')}\n` : ''}`;
}

function countByCluster(written: readonly WrittenFile[], deleted: readonly string[]): Map<string, ClusterChange> {
  const clusters = new Map<string, ClusterChange>();
  const add = (path: string, action: 'added' | 'changed' | 'removed'): void => {
    const parsed = parseTreePath(path);
    if (parsed === undefined || parsed.kind === 'fleet') {
      return;
    }
    const cluster = clusters.get(parsed.cluster) ?? { applications: new Map<string, Counts>() };
    clusters.set(parsed.cluster, cluster);
    if (parsed.kind === 'cluster') {
      cluster.document = action;
      return;
    }
    const counts = cluster.applications.get(parsed.application) ?? { added: 0, changed: 0, removed: 0 };
    cluster.applications.set(parsed.application, counts);
    if (parsed.kind === 'delivery') {
      counts.delivery = action;
    } else {
      counts[action]++;
    }
  };
  written.forEach(({ path, isNew }) => add(path, isNew ? 'added' : 'changed'));
  deleted.forEach(path => add(path, 'removed'));
  return clusters;
}

function subject(clusters: ReadonlyMap<string, ClusterChange>, taken: number): string {
  if (clusters.size === 0) {
    return 'settings changed';
  }
  const where = clusters.size === 1 ? [...clusters.keys()][0] : `${clusters.size} clusters`;
  const room = SUBJECT_LENGTH - 'flotilla: , : '.length - taken - where.length;
  const verbs = new Map<string, Set<string>>();
  for (const { applications } of clusters.values()) {
    for (const [application, { delivery }] of applications) {
      verbs.set(application, (verbs.get(application) ?? new Set()).add(delivery === 'added' || delivery === 'removed' ? delivery : 'changed'));
    }
  }
  if (verbs.size === 0) {
    const documents = new Set([...clusters.values()].map(cluster => cluster.document));
    return `${where}${documents.size === 1 ? ` ${[...documents][0]}` : ' changed'}`;
  }
  const byVerb = new Map<string, string[]>();
  for (const [application, set] of [...verbs].sort(([a], [b]) => a < b ? -1 : 1)) {
    const verb = set.size === 1 ? [...set][0] : 'changed';
    byVerb.set(verb, [...byVerb.get(verb) ?? [], application]);
  }
  const named = [...byVerb].map(([verb, names]) => `${names.join(', ')} ${verb}`).join('; ');
  return `${where}: ${named.length <= room ? named : [...byVerb].map(([verb, names]) => `${names.length === 1 ? names[0] : `${names.length} applications`} ${verb}`).join(', ')}`;
}

function bodyLines(clusters: ReadonlyMap<string, ClusterChange>): string[] {
  const alike = new Map<string, string[]>();
  for (const [name, change] of [...clusters].sort(([a], [b]) => a < b ? -1 : 1)) {
    const text = describe(change);
    alike.set(text, [...alike.get(text) ?? [], name]);
  }
  return [...alike].map(([text, names]) => {
    const shown = names.length <= MOST_NAMES ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
    return `${shown}: ${text}`;
  });
}

function describe({ document, applications }: ClusterChange): string {
  const parts = document ? [`cluster ${document}`] : [];
  for (const [application, counts] of [...applications].sort(([a], [b]) => a < b ? -1 : 1)) {
    const words = (['added', 'changed', 'removed'] as const).filter(word => counts[word] > 0).map(word => `${counts[word]} ${word}`);
    if (counts.delivery === 'changed') {
      words.push('settings changed');
    } else if (words.length === 0 && counts.delivery) {
      words.push(counts.delivery);
    }
    parts.push(`${application} (${words.join(', ')})`);
  }
  return parts.join(', ');
}
