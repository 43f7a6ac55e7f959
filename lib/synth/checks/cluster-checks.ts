import { checkReferences } from './check-references';
import { ClusterObjects } from './cluster-objects';
import { Finding } from './finding';
import { FleetRules, RuleProblem } from './fleet-rules';
import { FindSchemas, ObjectChecks } from './object-checks';
import { checkPodSelector } from './selectors';
import { Skipped } from './skipped';
import { CheckLevel, CheckName, CHECKS } from '../../model/checks';
import { AnyFleet } from '../../model/fleet';
import { formatIdentity, identityOf } from '../../tree/manifest';
import { RenderedObject } from '../objects';
import { ClusterFacts, targetOf } from '../placement';
import { Problem } from '../problem';

/** An object as it is written, with what it opts out of. */
export interface CheckedObject {
  readonly object: RenderedObject;
  readonly text: string;
  readonly skipped: Skipped;
}

/** What the checks of a cluster's objects come to. */
export interface CheckResult {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

const ACROSS: readonly CheckName[] = ['missing-reference', 'missing-secret', 'unmatched-selector'];

/** All checks of a fleet. One for a synthesis: it remembers what it found in objects that several clusters have. */
export class ClusterChecks {
  private readonly ofObjects: ObjectChecks;
  private readonly rules: FleetRules;

  constructor(private readonly fleet: AnyFleet, findSchemas: FindSchemas) {
    this.ofObjects = new ObjectChecks(findSchemas);
    this.rules = new FleetRules(fleet.rules);
  }

  /** Checks the objects of all targets of a cluster, each alone and all together. */
  public check(objects: readonly CheckedObject[], facts: ClusterFacts): CheckResult {
    const result: CheckResult = { problems: [], warnings: [] };
    const definitions = this.ofObjects.definitionsIn(objects.map(({ object: { manifest }, text }) => ({ manifest, text })));
    const isAcross = ACROSS.some(check => this.levelOf(check) !== 'off');
    const all = isAcross ? new ClusterObjects(objects.map(({ object }) => object.manifest)) : undefined;
    for (const { object, text, skipped } of objects) {
      const { manifest } = object;
      const findings = [
        ...this.ofObjects.check({ manifest, text }, facts.kubernetesVersion, definitions),
        ...all ? checkReferences(manifest, all) : [],
        ...all ? checkPodSelector(manifest, all) : [],
      ];
      findings.forEach(finding => this.add(result, object, finding, skipped));
      const target = this.fleet.rules.length > 0 ? targetOf(object.origin.application, facts) : undefined;
      if (target) {
        this.rules.check(object, target, skipped).forEach(found => addRuleProblem(result, found));
      }
    }
    return result;
  }

  private add(result: CheckResult, { origin, manifest }: RenderedObject, { check, what, fix }: Finding, skipped: Skipped): void {
    const level = skipped.has(check) ? 'off' : this.levelOf(check);
    if (level !== 'off') {
      (level === 'error' ? result.problems : result.warnings).push({
        code: CHECKS[check].code, application: origin.application, origin, what: `${formatIdentity(identityOf(manifest))} ${what}`, fix: `${fix} [${check}]`,
      });
    }
  }

  private levelOf(check: CheckName): CheckLevel {
    return (this.fleet.checks as Readonly<Partial<Record<CheckName, CheckLevel>>>)[check] ?? CHECKS[check].level;
  }
}

function addRuleProblem(result: CheckResult, { level, problem }: RuleProblem): void {
  (level === 'error' ? result.problems : result.warnings).push(problem);
}
