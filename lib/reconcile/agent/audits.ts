import { audit } from './audit';
import type { DesiredCluster } from '../desired';
import { ObjectPlan, ownersOf, TargetPlan } from '../plan';

/** The objects that the audit wants looked at, until their application has run. */
export class Audits {
  private readonly due = new Set<string>();

  /** @param runNow has an application run */
  constructor(private readonly runNow: (application: string) => void) {}

  /** Goes through all objects of the tree as it is then, each once in `everyMs`, until the signal comes; not at all when that is 0. */
  public async run(everyMs: number, signal: AbortSignal, desired: () => DesiredCluster): Promise<void> {
    if (everyMs > 0) {
      await audit({
        everyMs, signal, keys: () => [...ownersOf(desired()).keys()],
        look: key => {
          const owner = ownersOf(desired()).get(key);
          if (owner !== undefined) {
            this.due.add(key);
            this.runNow(owner);
          }
        },
      });
    }
  }

  /** The plan, with a look at what is due though nothing seems to have changed. */
  public withLooks(plan: TargetPlan): TargetPlan {
    if (this.due.size === 0 || !plan.steps.some(step => step.objects.some(({ object }) => this.due.has(object.key)))) {
      return plan;
    }
    const looked = (each: ObjectPlan): ObjectPlan => each.action === 'none' && this.due.has(each.object.key) ? { ...each, action: 'look' } : each;
    return { ...plan, idle: false, steps: plan.steps.map(step => ({ ...step, objects: step.objects.map(looked) })) };
  }

  /** Whether the object was due; it no longer is. */
  public isDone(key: string): boolean {
    return this.due.delete(key);
  }
}
