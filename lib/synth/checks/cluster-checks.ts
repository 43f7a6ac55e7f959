import { checkReferences } from './check-references';
import { ClusterObjects } from './cluster-objects';
import { Finding } from './finding';
import { FleetRules, RuleProblem } from './fleet-rules';
import { FindSchemas, ObjectChecks } from './object-checks';
import { checkPodSelector } from './selectors';
import { Skipped } from './skipped';
import { CheckLevel, CheckName, CHECKS } from '../../model/checks';
import { AnyFleet } from '../../model/fleet';
import { listNames } from '../../model/suggest';
import { MINORS } from '../../schema/kubernetes-schemas';
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

  constructor(private readonly fleet: AnyFleet, private readonly findSchemas: FindSchemas) {
    this.ofObjects = new ObjectChecks(findSchemas);
    this.rules = new FleetRules(fleet.rules);
  }

  /** Checks the objects of all targets of a cluster, each alone and all together. */
  public check(objects: readonly CheckedObject[], facts: ClusterFacts): CheckResult {
    const result: CheckResult = { problems: [], warnings: [] };
    this.checkVersion(result, facts.kubernetesVersion);
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

  private checkVersion(result: CheckResult, version: string): void {
    if (!this.findSchemas(version)) {
      this.put(result, 'unknown-version', this.levelOf('unknown-version'), {
        what: `Kubernetes ${version} has no schemas in this version of cdk8s-flotilla: objects are checked against none`,
        fix: `name one of ${listNames(MINORS)} as \`kubernetesVersion\`, or update cdk8s-flotilla`,
      });
    }
  }

  private add(result: CheckResult, { origin, manifest }: RenderedObject, { check, what, fix }: Finding, skipped: Skipped): void {
    this.put(result, check, skipped.has(check) ? 'off' : this.levelOf(check), {
      what: `${formatIdentity(identityOf(manifest))} ${what}`, fix, application: origin.application, origin,
    });
  }

  private put(result: CheckResult, check: CheckName, level: CheckLevel, problem: Omit<Problem, 'code'>): void {
    if (level !== 'off') {
      // The name of the check is what somebody needs who wants another level.
      (level === 'error' ? result.problems : result.warnings).push({ ...problem, code: CHECKS[check].code, fix: `${problem.fix} [${check}]` });
    }
  }

  private levelOf(check: CheckName): CheckLevel {
    return (this.fleet.checks as Readonly<Partial<Record<CheckName, CheckLevel>>>)[check] ?? CHECKS[check].level;
  }
}

function addRuleProblem(result: CheckResult, { level, problem }: RuleProblem): void {
  (level === 'error' ? result.problems : result.warnings).push(problem);
}
