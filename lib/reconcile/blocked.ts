import { FlotillaError } from '../errors';
import type { DesiredCluster } from './desired';
import type { TargetResult } from './report';
import type { TreePlan } from './run-target';

/** The result of an application that cannot start yet. */
export function blockedResult(desired: DesiredCluster, plan: TreePlan, message: string): TargetResult {
  const error = new FlotillaError('FLT5209', {
    what: `${plan.application} was not applied: ${message}`,
    where: { cluster: desired.cluster, application: plan.application, commit: desired.commit },
    fix: 'mend the application that it depends on, or correct `dependsOn`; then apply again',
  });
  return { application: plan.application, outcome: 'blocked', revision: plan.target.revision, ready: false, message, objects: [], errors: [error] };
}

/** The circle of dependencies that an application is part of, from it back to it; undefined when there is none. */
export function findCycle(start: string, dependenciesOf: (application: string) => readonly string[]): string[] | undefined {
  const path: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string): boolean => {
    path.push(name);
    for (const next of dependenciesOf(name)) {
      if (next === start) {
        path.push(next);
        return true;
      }
      if (!seen.has(next)) {
        seen.add(next);
        if (visit(next)) {
          return true;
        }
      }
    }
    path.pop();
    return false;
  };
  return visit(start) ? path : undefined;
}
