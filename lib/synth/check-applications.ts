import { dependenciesOf } from './dependencies';
import { Placement } from './placement';
import { Problem } from './problem';
import { validate } from './validate';
import { AnyApplication } from '../model/application';
import { AnyFleet } from '../model/fleet';
import { ModelConstruct } from '../model/model-construct';

/** Applications that run nowhere. */
export function checkPlacements(applications: readonly AnyApplication[], placements: readonly Placement[]): Problem[] {
  const placed = new Set(placements.flatMap(placement => placement.applications));
  return applications.filter(application => !placed.has(application)).map(application => ({
    code: 'FLT2005',
    application,
    what: placements.length === 0 ? `the application '${application.name}' runs on no cluster: the fleet has none`
      : `the placement of the application '${application.name}' selects no cluster`,
    fix: placements.length === 0 ? 'create a Cluster in one of the environments' : 'select a cluster of the fleet, or remove the application',
  }));
}

/** Applications that wait for each other: none of them would ever be applied. One problem for each group. */
export function checkCycles(applications: readonly AnyApplication[]): Problem[] {
  const problems: Problem[] = [];
  const done = new Set<AnyApplication>();
  const path: AnyApplication[] = [];
  const visit = (application: AnyApplication): void => {
    const start = path.indexOf(application);
    if (start >= 0) {
      const cycle = path.slice(start);
      problems.push({
        code: 'FLT2004',
        application,
        what: `applications wait for each other: ${[...cycle, application].map(({ name }) => `'${name}'`).join(' waits for ')}`,
        fix: 'remove one of these dependencies from `dependsOn`',
      });
    } else if (!done.has(application)) {
      path.push(application);
      dependenciesOf(application).forEach(visit);
      path.pop();
      done.add(application);
    }
  };
  applications.forEach(visit);
  return problems;
}

/** What the constructs of the model say of themselves is wrong, where somebody gave them a validation. */
export function checkValidations(fleet: AnyFleet): Problem[] {
  return fleet.node.findAll().flatMap(construct => validate(construct).map(problem => ({
    ...problem,
    where: { construct: construct.node.path, source: construct instanceof ModelConstruct ? construct.source : undefined },
  })));
}
