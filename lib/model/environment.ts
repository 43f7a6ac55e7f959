import { FlotillaError } from '../errors';
import { AnyFleet, EnvironmentOf, FleetModel, LabelsOf } from './fleet';
import { ModelConstruct } from './model-construct';
import { AddedOverlay, SharedOverlayProps } from './overlay-props';
import { overlaysOf } from './overlays-of';

/** Settings of an environment. */
export interface EnvironmentProps<F extends AnyFleet> {
  /**
   * Labels of all clusters in it; a cluster may override them.
   *
   * @default - none
   */
  readonly labels?: Partial<LabelsOf<F>>;

  /**
   * Changes of the objects of all applications on its clusters, after those of the fleet.
   *
   * @default - none
   */
  readonly overlays?: readonly SharedOverlayProps<F>[];
}

/** A stage of promotion, such as `dev` or `prod`, with settings for all clusters in it. */
export class Environment<F extends AnyFleet = AnyFleet> extends ModelConstruct {
  /** The fleet it belongs to. */
  public readonly fleet: F;
  /** Name of the environment. */
  public readonly name: EnvironmentOf<F>;
  /** Labels of all clusters in it. */
  public readonly labels: Partial<LabelsOf<F>>;
  private readonly added: AddedOverlay[];

  /**
   * @param fleet The fleet it belongs to.
   * @param id Its name: one of the fleet's `environments`.
   * @param props Its settings.
   * @throws FLT1001 for a name that is not a DNS label, FLT1002 for one that is taken, FLT1003 outside of a fleet.
   */
  constructor(fleet: F, id: EnvironmentOf<F>, props: EnvironmentProps<F> = {}) {
    if (!(fleet instanceof FleetModel)) {
      throw new FlotillaError('FLT1003', { what: `the environment '${id}' is not in a fleet`, fix: 'pass the Fleet as its first argument' });
    }
    super(fleet, id, 'environment');
    this.fleet = fleet;
    this.name = id;
    this.labels = props.labels ?? {};
    this.added = overlaysOf(this, props.overlays);
  }

  /** Overlays of all applications on its clusters, in the order they apply. */
  public get overlays(): readonly AddedOverlay[] {
    return this.added;
  }

  /** @internal */
  public addOverlay(overlay: AddedOverlay): void {
    this.added.push(overlay);
  }
}
