import { ErrorLocation, FlotillaError } from '../errors';
import { checkLabelValue, unknownEnvironment, unknownLabel } from './check-clusters';
import { AnyFleet } from './fleet';
import { labelNames } from './label-rules';
import { listNames, suggest } from './suggest';
import { isMap } from './values';

/** A selector that names what the fleet does not have. */
export function checkSelector(fleet: AnyFleet, clusters: ReadonlySet<string>, selector: unknown, where: ErrorLocation): FlotillaError[] {
  if (!isMap(selector)) {
    return [new FlotillaError('FLT1015', {
      what: `${JSON.stringify(selector) ?? 'undefined'} is not a selector`, where, fix: "write it as `{ environment: 'prod' }`; `{}` selects every cluster",
    })];
  }
  const labels = labelNames(fleet);
  return Object.entries(selector).filter(([, wanted]) => wanted !== undefined).flatMap(([key, wanted]) => {
    if (key === 'not') {
      return checkSelector(fleet, clusters, wanted, where);
    }
    const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    if (key === 'environment') {
      return values.filter(value => !fleet.environments.includes(value)).map(value => unknownEnvironment(fleet, value, where));
    }
    if (key === 'cluster') {
      return values.filter(value => !clusters.has(value as string)).map(value => unknownCluster(fleet, clusters, value, where));
    }
    return labels.includes(key) ? values.flatMap(value => checkLabelValue(fleet, key, value, where)) : [unknownLabel(fleet, key, where)];
  });
}

function unknownCluster(fleet: AnyFleet, clusters: ReadonlySet<string>, name: unknown, where: ErrorLocation): FlotillaError {
  const names = [...clusters];
  return new FlotillaError('FLT1007', {
    what: `the fleet '${fleet.name}' has no cluster ${JSON.stringify(name)}${suggest(String(name), names)}`,
    where,
    fix: `use one of ${listNames(names)}, or create the Cluster`,
  });
}
