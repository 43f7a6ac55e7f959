import type { DesiredCluster } from '../desired';
import type { TargetResult } from '../report';

/** Which applications are ready, so that those that depend on one are told when it becomes so. */
export class ReadyApplications {
  private readonly ready = new Set<string>();

  /** The applications for which the result of another one is news. */
  public dependentsOf(desired: DesiredCluster, application: string, result: TargetResult): string[] {
    const ready = result.ready === true && (result.outcome === 'applied' || result.outcome === 'unchanged');
    if (!ready) {
      this.ready.delete(application);
      return [];
    }
    if (this.ready.has(application) && result.outcome !== 'applied') {
      return [];
    }
    this.ready.add(application);
    return desired.targets.filter(({ spec }) => spec.dependsOn?.includes(application)).map(target => target.application);
  }
}
