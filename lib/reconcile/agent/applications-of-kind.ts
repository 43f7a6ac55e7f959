import type { ObjectIdentity } from '../../tree/manifest';
import type { DesiredCluster } from '../desired';
import type { Observed } from '../observe';
import { byScope } from '../tenant';

/** The applications that want or hold objects of a kind, as `formatScope`. */
export function applicationsOfKind(desired: DesiredCluster, records: Observed['records'], scope: string): ReadonlySet<string> {
  const isOfKind = ({ id }: { readonly id: ObjectIdentity }): boolean => byScope(id, each => each === scope || undefined) ?? false;
  return new Set([
    ...desired.targets.filter(({ objects }) => objects.some(isOfKind)).map(({ application }) => application),
    ...[...records.values()].filter(({ inventory }) => inventory.some(isOfKind)).map(({ application }) => application),
  ]);
}
