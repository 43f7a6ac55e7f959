import type { Chart } from 'cdk8s';
import { FlotillaError } from '../errors';
import { AnyFleet, FleetModel } from './fleet';
import { ModelConstruct } from './model-construct';
import { AddedOverlay, OverlayProps } from './overlay-props';
import { overlaysOf } from './overlays-of';
import { Selector } from './selector';
import { Source } from './source';
import { Target } from './target';
import { isMap } from './values';
import { HealthRule } from '../rules/health-rule';
import { IgnoreRule } from '../rules/ignore-rule';
import { PrunePolicy, ServiceAccountRef } from '../tree/documents';

/** What an application is made of. */
export interface ApplicationProps<F extends AnyFleet, V extends object> {
  /**
   * Namespace of its objects, unless they name another.
   *
   * @default - none; each object that has to have a namespace names its own
   */
  readonly namespace?: string;

  /** The clusters it runs on. `{}` selects all of them; it must select at least one. */
  readonly placement: Selector<F>;

  /**
   * Applications that must be ready before this one is applied, on each cluster that has both.
   *
   * @default - none
   */
  readonly dependsOn?: readonly AnyApplication[];

  /**
   * What differs, or may differ, from cluster to cluster.
   *
   * Overlays may change what is here and add nothing, but to empty maps, to keys that are `undefined` here, and inside of
   * {@link openValues}. The object is never changed; `render` gets a copy in which the keys of maps are sorted,
   * so that what is built from a map does not depend on the order it was written in. Instances of classes are not copied.
   *
   * @default {}
   */
  readonly values?: V;

  /**
   * Changes for some of the clusters, applied in this order; the later wins.
   *
   * @default - none
   */
  readonly overlays?: readonly OverlayProps<F, NoInfer<V>>[];

  /**
   * What becomes of objects that leave the tree.
   *
   * @default - they are deleted, up to 25 per cent of the application at a time
   */
  readonly prune?: PrunePolicy;

  /**
   * The ServiceAccount as which the reconciler reads, writes and deletes its objects, on each of its clusters: a name in the `namespace` of
   * the application, or one with a namespace of its own. What RBAC does not grant to it is denied. See docs/reconciler.md, "Tenants".
   *
   * @default - whoever runs the reconciler
   */
  readonly serviceAccount?: string | ServiceAccountRef;

  /**
   * How to tell the health of custom kinds. For a kind that the fleet has a rule for as well, these count.
   *
   * @default - the rules of the fleet; for other kinds, what flotilla knows of them, and the conventions of Kubernetes
   */
  readonly health?: readonly HealthRule[];

  /**
   * Fields that somebody else owns by design. They are written when the object is created, and never again. The replicas of what an autoscaler of the cluster
   * scales are ignored in any case.
   *
   * @default - those of the fleet
   */
  readonly ignore?: readonly IgnoreRule[];

  /**
   * Objects from Helm charts, Kustomize directories and plain manifests, in this order, and before those of `render`; or a function that gives them
   * for the values of a target. It is called once a cluster and must not be asynchronous. Equal sources are rendered once.
   *
   * @default - none
   */
  readonly sources?: readonly Source[] | ((values: NoInfer<V>, target: Target<F>) => readonly Source[]);

  /**
   * Creates the objects in a cdk8s chart, as in any cdk8s program. It is called once a cluster, must not be asynchronous, and must create
   * the same from the same arguments.
   *
   * @default - none; the application has `sources` then
   */
  readonly render?: (chart: Chart, values: NoInfer<V>, target: Target<F>) => void;
}

/** A unit of delivery: typed values, a placement, overlays, and a function that renders Kubernetes objects. */
export class Application<F extends AnyFleet = AnyFleet, V extends object = {}> extends ModelConstruct {
  /** The fleet it belongs to. */
  public readonly fleet: F;
  /** Name of the application. */
  public readonly name: string;
  /** Namespace of its objects, unless they name another. */
  public readonly namespace?: string;
  /** The clusters it runs on. */
  public readonly placement: Selector<F>;
  /** What the overlays start from. */
  public readonly values: V;
  /** What becomes of objects that leave the tree. */
  public readonly prune: PrunePolicy;
  /** The ServiceAccount as which its objects are read, written and deleted; undefined: whoever runs the reconciler. */
  public readonly serviceAccount?: ServiceAccountRef;
  /** How to tell the health of custom kinds; those of the fleet are not among them. */
  public readonly health: readonly HealthRule[];
  /** Fields that somebody else owns by design; those of the fleet are not among them. */
  public readonly ignore: readonly IgnoreRule[];
  /** Where objects come from, beside `render`. */
  public readonly sources?: ApplicationProps<F, V>['sources'];
  /** Creates the objects. */
  public readonly render?: ApplicationProps<F, V>['render'];
  private readonly added: AddedOverlay[];

  /**
   * @param fleet The fleet it belongs to.
   * @param id Its name, a DNS label.
   * @param props What it is made of.
   * @throws FLT1001 for a name that is not a DNS label, FLT1002 for one that is taken, FLT1003 outside of a fleet, FLT1018 for props of another shape.
   */
  constructor(fleet: F, id: string, props: ApplicationProps<F, V>) {
    if (!(fleet instanceof FleetModel)) {
      throw new FlotillaError('FLT1003', { what: `the application '${id}' is not in a fleet`, fix: 'pass the Fleet as its first argument' });
    }
    super(fleet, id, 'application');
    checkShape(this, props);
    this.fleet = fleet;
    this.name = id;
    this.namespace = props.namespace;
    this.placement = props.placement;
    this.values = props.values ?? {} as V;
    this.prune = { ...props.prune };
    this.serviceAccount = serviceAccountOf(props);
    this.health = props.health ?? [];
    this.ignore = props.ignore ?? [];
    this.sources = props.sources;
    this.render = props.render;
    this.added = overlaysOf(this, props.overlays);
    this.addDependency(...props.dependsOn ?? []);
  }

  /** All overlays in the order they apply: those of the props, then the {@link Overlay} constructs as they were created. */
  public get overlays(): readonly AddedOverlay[] {
    return this.added;
  }

  /**
   * Makes it wait, on each cluster that has both, until other applications are ready.
   *
   * @param applications Applications of the same fleet.
   */
  public addDependency(...applications: AnyApplication[]): void {
    this.node.addDependency(...applications);
  }

  /** @internal */
  public addOverlay(overlay: AddedOverlay): void {
    this.added.push(overlay);
  }
}

/** A name alone is one in the application's own namespace; what is missing is told by the check of the model. */
function serviceAccountOf({ serviceAccount, namespace }: Pick<ApplicationProps<AnyFleet, object>, 'serviceAccount' | 'namespace'>): ServiceAccountRef | undefined {
  return typeof serviceAccount === 'string' ? { name: serviceAccount, namespace: namespace as string } : serviceAccount;
}

/** For callers that no compiler checked: what the constructor itself cannot do without. */
function checkShape({ source, node }: ModelConstruct, props: unknown): void {
  const lists = isMap(props) ? [props.overlays, props.dependsOn] : [undefined];
  if (!isMap(props) || lists.some(list => list !== undefined && !Array.isArray(list))) {
    throw new FlotillaError('FLT1018', {
      what: `the props of the application '${node.id}' are ${isMap(props) ? 'not as they should be: `overlays` and `dependsOn` are lists' : 'not a map'}`,
      where: { construct: node.path, source },
      fix: 'write them as `{ placement: {}, overlays: [], render: chart => { … } }`',
    });
  }
}

/** An application of any fleet with any values. `any`, because values are read by its overlays and written by its `render`. */
export type AnyApplication = Application<any, any>;
