import type { Fights } from './fights';
import type { Observed } from '../observe';
import type { ObjectPlan, TargetPlan } from '../plan';

/** What is audited now is looked at, though nothing seems to have changed. */
export function withAudit(plan: TargetPlan, audited: ReadonlySet<string>): TargetPlan {
  if (audited.size === 0 || !plan.steps.some(step => step.objects.some(({ object }) => audited.has(object.key)))) {
    return plan;
  }
  const looked = (each: ObjectPlan): ObjectPlan => each.action === 'none' && audited.has(each.object.key) ? { ...each, action: 'look' } : each;
  return { ...plan, idle: false, steps: plan.steps.map(step => ({ ...step, objects: step.objects.map(looked) })) };
}

/** What is fought over is left alone for a while. */
export function holdBack(plan: TargetPlan, fights: Fights, now: number): { readonly plan: TargetPlan; readonly delayMs: number } {
  let delayMs = 0;
  const hold = (object: ObjectPlan): ObjectPlan => {
    const delay = object.action !== 'none' && object.entry?.hash === object.object.hash ? fights.delayOf(object.object.key, now) : 0;
    if (delay === 0 || !object.entry) {
      return object;
    }
    delayMs = Math.max(delayMs, delay);
    return { object: object.object, action: 'none', entry: object.entry };
  };
  const steps = plan.idle ? plan.steps : plan.steps.map(step => ({ ...step, objects: step.objects.map(hold) }));
  return { plan: delayMs > 0 ? { ...plan, steps } : plan, delayMs };
}

/** Who wrote last to what is to be put right. */
export function writersOf(plan: TargetPlan, live: Observed['live']): ReadonlyMap<string, string | undefined> {
  const concerned = plan.idle ? [] : plan.steps.flatMap(step => step.objects).filter(({ action }) => action !== 'none');
  return new Map(concerned.map(({ object: { key } }) => [key, live.get(key)?.writer]));
}
