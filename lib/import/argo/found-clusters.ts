import { ArgoCluster } from './documents';
import { IN_CLUSTER } from './generators';
import { SourceError } from './sources';
import { Parameters } from './template';
import { isDnsLabel } from '../../model/dns-label';
import { isLabelName, isLabelValue, RESERVED_LABELS } from '../../model/labels';
import { ImportedCluster } from '../imported-fleet';

/** Where people write the environment of a cluster. */
const ENVIRONMENT = ['environment', 'env', 'stage'];

/** The clusters that Applications are for: those of Secrets, and those that nothing but a destination names. */
export class FoundClusters {
  private readonly found = new Map<string, ImportedCluster>();

  constructor(private readonly known: readonly ArgoCluster[]) {}

  /**
   * The cluster of a destination.
   *
   * @param parameters What an ApplicationSet was given: it may tell a name for an address, and an environment.
   * @throws SourceError for a destination that names no cluster.
   */
  nameOf({ name, server }: { name?: string; server?: string }, parameters: Parameters): string {
    const cluster = this.known.find(one => (name !== undefined && name !== '' ? one.name === name : one.server === server));
    const told = [parameters.cluster, parameters.name].find(each => typeof each === 'string' && each !== '') as string | undefined;
    const called = slug(cluster?.name ?? (name || undefined) ?? (server === IN_CLUSTER.server ? IN_CLUSTER.name : told ?? hostOf(server)) ?? '');
    if (!isDnsLabel(called)) {
      throw new SourceError(`is for ${server ?? name ?? 'no cluster'}, which cannot be the name of a cluster`);
    }
    const before = this.found.get(called);
    const environment = ENVIRONMENT.map(key => cluster?.labels[key] ?? parameters[key]).find(each => typeof each === 'string' && isDnsLabel(each)) as string | undefined;
    if (before === undefined || (before.environment === 'default' && environment !== undefined)) {
      this.found.set(called, { name: called, environment: environment ?? 'default', labels: labelsOf(cluster) });
    }
    return called;
  }

  /** All that were asked for. */
  list(): ImportedCluster[] {
    return [...this.found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function labelsOf(cluster: ArgoCluster | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(cluster?.labels ?? {}).filter(([label, value]) => (
    isLabelName(label) && isLabelValue(value) && !(RESERVED_LABELS as readonly string[]).includes(label)
  )));
}

function hostOf(server: string | undefined): string | undefined {
  return server === undefined ? undefined : /^[a-z]+:\/\/([^:/]+)/.exec(server)?.[1];
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 63);
}
