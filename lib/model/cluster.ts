import { FlotillaError } from '../errors';
import { Environment } from './environment';
import { AnyFleet, LabelsOf } from './fleet';
import { ModelConstruct } from './model-construct';
import { AddedOverlay, SharedOverlayProps } from './overlay-props';
import { overlaysOf } from './overlays-of';
import { ClusterAccess } from '../tree/documents';

/** Settings of a cluster. */
export interface ClusterProps<F extends AnyFleet> {
  /**
   * Labels that selectors look at. They override those of the environment.
   *
   * @default - those of the environment
   */
  readonly labels?: Partial<LabelsOf<F>>;

  /**
   * The way in for a reconciler that does not run in the cluster: a reference, never a credential.
   *
   * @default - the context in the reader's kubeconfig that has the cluster's name
   */
  readonly access?: ClusterAccess;

  /**
   * Version of Kubernetes that it runs: `1.36`, or `1.36.2`.
   *
   * @default - that of the fleet
   */
  readonly kubernetesVersion?: string;

  /**
   * Changes of the objects of all applications on it, after those of its environment: the last word.
   *
   * @default - none
   */
  readonly overlays?: readonly SharedOverlayProps<F>[];
}

/** One Kubernetes API server. */
export class Cluster<F extends AnyFleet = AnyFleet> extends ModelConstruct {
  /** The environment it belongs to. */
  public readonly environment: Environment<F>;
  /** Name of the cluster, unique in the fleet. */
  public readonly name: string;
  /** Its labels: those of the environment, overridden by its own. Sorted. */
  public readonly labels: Partial<LabelsOf<F>>;
  /** The labels that were given to the cluster itself. */
  public readonly ownLabels: Partial<LabelsOf<F>>;
  /** The way in. */
  public readonly access: ClusterAccess;
  /** Version of Kubernetes that it runs. */
  public readonly kubernetesVersion: string;
  private readonly added: AddedOverlay[];

  /**
   * @param environment The environment it belongs to.
   * @param id Its name, a DNS label that no other cluster of the fleet has.
   * @param props Its settings.
   * @throws FLT1001 for a name that is not a DNS label, FLT1002 for one that is taken, FLT1003 outside of an environment.
   */
  constructor(environment: Environment<F>, id: string, props: ClusterProps<F> = {}) {
    if (!(environment instanceof Environment)) {
      throw new FlotillaError('FLT1003', { what: `the cluster '${id}' is not in an environment`, fix: 'pass the Environment as its first argument' });
    }
    super(environment, id, 'cluster');
    this.environment = environment;
    this.name = id;
    this.ownLabels = props.labels ?? {};
    this.labels = sorted({ ...environment.labels, ...given(this.ownLabels) });
    this.access = { ...props.access };
    this.kubernetesVersion = props.kubernetesVersion ?? environment.fleet.kubernetesVersion;
    this.added = overlaysOf(this, props.overlays);
  }

  /** Overlays of all applications on it, in the order they apply. */
  public get overlays(): readonly AddedOverlay[] {
    return this.added;
  }

  /** @internal */
  public addOverlay(overlay: AddedOverlay): void {
    this.added.push(overlay);
  }
}

/** `{ team: undefined }` does not take the environment's label away. */
function given<T extends object>(labels: T): T {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)) as T;
}

function sorted<T extends object>(labels: T): T {
  const entries = Object.entries(given(labels)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.freeze(Object.fromEntries(entries)) as T;
}
