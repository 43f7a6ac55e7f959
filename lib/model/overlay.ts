import { FlotillaError } from '../errors';
import { Application } from './application';
import { Cluster } from './cluster';
import { Environment } from './environment';
import { AnyFleet, FleetModel } from './fleet';
import { ModelConstruct } from './model-construct';
import { AddedOverlay, OverlayProps, SharedOverlayProps } from './overlay-props';

/** What an overlay can be added to, beside an application: all applications of it are changed. */
export type SharedOverlayScope<F extends AnyFleet> = F | Environment<F> | Cluster<F>;

/**
 * An overlay as a construct of its own, so that another file or another team can add one.
 *
 * It applies after the `overlays` of the application, fleet, environment or cluster, and after the constructs that were created there before it.
 */
export class Overlay<F extends AnyFleet = AnyFleet, V extends object = {}> extends ModelConstruct {
  /** The application that it changes; undefined: the applications of its fleet, environment or cluster. */
  public readonly application?: Application<F, V>;

  /**
   * @param application The application that it changes.
   * @param id Its name, a DNS label that no other overlay of the application has.
   * @param props The clusters and the change.
   * @throws FLT1001 for a name that is not a DNS label, FLT1002 for one that is taken, FLT1003 outside of an application.
   */
  constructor(application: Application<F, V>, id: string, props: OverlayProps<F, NoInfer<V>>);
  /**
   * @param scope The fleet, environment or cluster whose applications it changes.
   * @param id Its name, a DNS label that nothing else in the scope has.
   * @param props The clusters, the applications and the change.
   * @throws FLT1001 for a name that is not a DNS label, FLT1002 for one that is taken, FLT1003 elsewhere.
   */
  constructor(scope: SharedOverlayScope<F>, id: string, props: SharedOverlayProps<F>);
  constructor(scope: Application<F, V> | SharedOverlayScope<F>, id: string, props: OverlayProps<F, V> | SharedOverlayProps<F>) {
    if (![Application, FleetModel, Environment, Cluster].some(type => (scope as unknown) instanceof type)) {
      throw new FlotillaError('FLT1003', {
        what: `the overlay '${id}' is not in an application`, fix: 'pass the Application, Fleet, Environment or Cluster as its first argument',
      });
    }
    super(scope, id, 'overlay');
    this.application = scope instanceof Application ? scope : undefined;
    const here = this;
    scope.addOverlay({ name: this.node.path, props: props as AddedOverlay['props'], get source() { return here.source; } });
  }
}
