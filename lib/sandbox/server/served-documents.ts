import { DiscoveryDocuments } from '../schema/discovery';
import { OpenApiDocuments } from '../schema/openapi';
import type { ServedResource } from '../served-resource';

/** What an API server tells of what it serves, made when it is asked for. */
export class ServedDocuments {
  private made: { discovery?: DiscoveryDocuments; openApi?: OpenApiDocuments } = {};
  private readonly present: readonly ServedResource[];

  /** @param gone groups that are not to be had, and how: see `FaultPlan.tryGone` */
  constructor(private readonly resources: readonly ServedResource[], private readonly gone: ReadonlyMap<string, 'absent' | 'unavailable'>) {
    this.present = gone.size === 0 ? resources : resources.filter(({ group }) => !gone.has(group));
  }

  get discovery(): DiscoveryDocuments {
    const known = this.resources.filter(({ group }) => this.gone.get(group) !== 'absent');
    return this.made.discovery ??= new DiscoveryDocuments(known, new Set([...this.gone.keys()]));
  }

  get openApi(): OpenApiDocuments {
    return this.made.openApi ??= new OpenApiDocuments(this.present);
  }
}
