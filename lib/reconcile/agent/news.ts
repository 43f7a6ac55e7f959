import type { TargetPlan } from '../plan';
import type { TargetResult } from '../report';

/** What is worth telling of runs: what waits is planned again and again, and mostly says the same. */
export class News {
  private readonly told = new Map<string, string>();

  /** Whether a run did something, or says something else than the last one of its application. */
  public isNews(plan: TargetPlan, { application, outcome, message, objects }: TargetResult): boolean {
    const says = `${outcome} ${message ?? ''}`;
    const same = this.told.get(application) === says;
    this.told.set(application, says);
    const acted = objects.some(({ action }) => action !== 'unchanged' && action !== 'skipped');
    return acted || !same && (outcome !== 'unchanged' || !plan.idle);
  }
}
