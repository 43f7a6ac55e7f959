import type { DesiredCluster, DesiredTarget } from '../desired';

/** The applications that a newer tree wants otherwise than the one before; in the order in which they are to run. */
export function changedApplications(former: DesiredCluster, next: DesiredCluster): string[] {
  const before = new Map(former.targets.map(target => [target.application, target]));
  // Who may prune has changed for all, when a part becomes readable, or no longer is.
  const all = former.unreadable.join() !== next.unreadable.join();
  return definersFirst(next.targets).filter(target => all || before.get(target.application) !== target
    || !sameSet(former.approvals.get(target.application), next.approvals.get(target.application))).map(target => target.application);
}

/** What others wait for comes first: those who wait for a namespace or a kind shall not hold all the workers before it. */
export function definersFirst(targets: readonly DesiredTarget[]): DesiredTarget[] {
  const defines = (target: DesiredTarget): boolean => target.objects.some(({ stage }) => stage === 'definition');
  return [...targets.filter(defines), ...targets.filter(target => !defines(target))];
}

function sameSet(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  return (a?.size ?? 0) === (b?.size ?? 0) && [...a ?? []].every(each => b?.has(each));
}
