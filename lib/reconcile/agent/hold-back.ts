import type { Fights } from './fights';
import type { ObjectPlan, TargetPlan } from '../plan';

/** What is fought over is left alone for a while. Returns what is left of the plan, and when there is more of it, in milliseconds from now. */
export function holdBack(plan: TargetPlan, fights: Fights, now: number): { readonly plan: TargetPlan; readonly delayMs: number } {
  if (plan.idle) {
    return { plan, delayMs: 0 };
  }
  let delayMs = 0;
  const hold = (object: ObjectPlan): ObjectPlan => {
    const delay = object.action !== 'none' && object.entry?.hash === object.object.hash ? fights.delayOf(object.object.key, now) : 0;
    if (delay === 0 || !object.entry) {
      return object;
    }
    delayMs = Math.max(delayMs, delay);
    return { object: object.object, action: 'none', entry: object.entry };
  };
  const steps = plan.steps.map(step => ({ ...step, objects: step.objects.map(hold) }));
  return delayMs > 0 ? { plan: { ...plan, steps }, delayMs } : { plan, delayMs };
}
