import { FlotillaError } from '../errors';
import { Application } from './application';
import { AnyFleet } from './fleet';
import { ModelConstruct } from './model-construct';
import { OverlayProps } from './overlay-props';

/**
 * An overlay as a construct of its own, so that another file or another team can add one to an application.
 *
 * It applies after the `overlays` of the application, and after the constructs that were created before it.
 */
export class Overlay<F extends AnyFleet = AnyFleet, V extends object = {}> extends ModelConstruct {
  /** The application that it changes. */
  public readonly application: Application<F, V>;

  /**
   * @param application The application that it changes.
   * @param id Its name, a DNS label that no other overlay of the application has.
   * @param props The clusters and the change.
   * @throws FLT1001 for a name that is not a DNS label, FLT1002 for one that is taken, FLT1003 outside of an application.
   */
  constructor(application: Application<F, V>, id: string, props: OverlayProps<F, NoInfer<V>>) {
    if (!(application instanceof Application)) {
      throw new FlotillaError('FLT1003', { what: `the overlay '${id}' is not in an application`, fix: 'pass the Application as its first argument' });
    }
    super(application, id, 'overlay');
    this.application = application;
    const here = this;
    application.addOverlay({ name: this.node.path, props, get source() { return here.source; } });
  }
}
