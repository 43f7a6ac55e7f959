import type { ObjectIdentity } from '../../tree/manifest';
import type { DesiredCluster } from '../desired';
import type { Observed } from '../observe';
import { byScope } from '../tenant';

/** The applications that want or hold objects of a kind, as `formatScope`. */
export function applicationsOfKind(desired: DesiredCluster, records: Observed['records'], scope: string): ReadonlySet<string> {
  return applicationsWith(desired, records, id => byScope(id, each => each === scope || undefined) ?? false);
}

/** The applications that want or hold objects of these groups of the API. */
export function applicationsOfGroups(desired: DesiredCluster, records: Observed['records'], groups: ReadonlySet<string>): ReadonlySet<string> {
  return applicationsWith(desired, records, ({ group }) => groups.has(group));
}

function applicationsWith(desired: DesiredCluster, records: Observed['records'], isMeant: (id: ObjectIdentity) => boolean): ReadonlySet<string> {
  const isOne = ({ id }: { readonly id: ObjectIdentity }): boolean => isMeant(id);
  return new Set([
    ...desired.targets.filter(({ objects }) => objects.some(isOne)).map(({ application }) => application),
    ...[...records.values()].filter(({ inventory }) => inventory.some(isOne)).map(({ application }) => application),
  ]);
}
