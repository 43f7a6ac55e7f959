import type { Observed } from '../observe';
import type { TargetPlan } from '../plan';

/** Who wrote last to what is to be put right. */
export function writersOf(plan: TargetPlan, live: Observed['live'] | undefined): ReadonlyMap<string, string | undefined> {
  const concerned = plan.idle ? [] : plan.steps.flatMap(step => step.objects).filter(({ action }) => action !== 'none');
  return new Map(concerned.map(({ object: { key } }) => [key, live?.get(key)?.writer]));
}
