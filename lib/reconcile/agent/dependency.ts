import type { ViewReadiness } from './view-readiness';
import { findCycle } from '../blocked';
import type { DesiredCluster } from '../desired';
import type { Observed } from '../observe';
import { describeUnready } from '../readiness';

/** Why an application cannot start yet; undefined when it can. Nobody waits: it runs again when one of those that it depends on becomes ready. */
export function reasonToWait(desired: DesiredCluster, observed: Observed, readiness: ViewReadiness, application: string): string | undefined {
  const targets = new Map(desired.targets.map(target => [target.application, target]));
  const cycle = findCycle(application, name => targets.get(name)?.spec.dependsOn ?? []);
  if (cycle) {
    return `the dependencies go round in a circle: ${cycle.join(' → ')}`;
  }
  for (const name of targets.get(application)?.spec.dependsOn ?? []) {
    const target = targets.get(name);
    if (!target) {
      return `it depends on ${name}, which the tree does not hold for this cluster`;
    }
    const status = observed.records.get(name)?.status;
    if (status?.revision !== target.revision) {
      return `it depends on ${name}, which ${status?.failures?.length ? 'failed' : 'is not applied yet'}`;
    }
    const unready = describeUnready(readiness.statesOf(target.objects.map(object => object.id), target));
    if (unready) {
      return `it depends on ${name}, where ${unready}`;
    }
  }
  return undefined;
}
