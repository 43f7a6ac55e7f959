import { blockedResult, findCycle } from './blocked';
import type { ClusterContext } from './context';
import type { TargetPlan } from './plan';
import { describeUnready } from './readiness';
import type { TargetResult } from './report';
import type { TreePlan } from './run-target';

/** Who waits for whom, on one cluster. */
export class Dependencies {
  private readonly plans: ReadonlyMap<string, TargetPlan>;
  private readonly results = new Map<string, Promise<TargetResult>>();
  private readonly settlers = new Map<string, (result: TargetResult) => void>();
  private readonly readiness = new Map<string, Promise<string | undefined>>();

  constructor(private readonly context: ClusterContext, plans: readonly TargetPlan[], only: ReadonlySet<string> | undefined) {
    this.plans = new Map(plans.map(plan => [plan.application, plan]));
    for (const { application } of plans) {
      if (only === undefined || only.has(application)) {
        this.results.set(application, new Promise(resolve => this.settlers.set(application, resolve)));
      }
    }
  }

  /** Tells those who wait for the application what became of it. */
  public settle(application: string, result: TargetResult): TargetResult {
    this.settlers.get(application)?.(result);
    return result;
  }

  /** Waits for the applications that this one depends on; a result, when it cannot start. */
  public async reasonToWait(plan: TreePlan): Promise<TargetResult | undefined> {
    const wanted = plan.target.spec.dependsOn ?? [];
    const cycle = findCycle(plan.application, name => this.plans.get(name)?.target?.spec.dependsOn ?? []);
    const message = cycle
      ? `the dependencies go round in a circle: ${cycle.join(' → ')}`
      // Who has nothing to write need not wait.
      : plan.idle ? undefined : (await Promise.all(wanted.map(name => this.reasonNotReady(name)))).find(each => each !== undefined);
    if (message === undefined) {
      return undefined;
    }
    return blockedResult(this.context.desired, plan, message);
  }

  private reasonNotReady(name: string): Promise<string | undefined> {
    const known = this.readiness.get(name);
    if (known) {
      return known;
    }
    const answer = this.lookAt(name);
    this.readiness.set(name, answer);
    return answer;
  }

  private async lookAt(name: string): Promise<string | undefined> {
    const target = this.plans.get(name)?.target;
    if (!target) {
      return `it depends on ${name}, which the tree does not hold for this cluster`;
    }
    const result = await this.results.get(name);
    if (result && result.outcome !== 'applied' && result.outcome !== 'unchanged') {
      return `it depends on ${name}, which ${result.outcome === 'blocked' ? 'is blocked itself' : 'failed'}`;
    }
    const states = await this.context.readiness.wait(target.objects.map(object => object.id), target);
    const unready = describeUnready(states);
    return unready && `it depends on ${name}, where ${unready}`;
  }
}
