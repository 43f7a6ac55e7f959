import { FlotillaError } from '../errors';
import { rememberCallSite } from './call-site';
import { CheckLevel, CheckName } from './checks';
import type { AddedRule, FleetRule, FleetRuleOptions } from './fleet-rule';
import { StandardLabel, Vocabulary } from './labels';
import { ModelConstruct } from './model-construct';
import type { AddedOverlay, SharedOverlayProps } from './overlay-props';
import { overlaysOf } from './overlays-of';
import { HealthRule } from '../rules/health-rule';
import { IgnoreRule } from '../rules/ignore-rule';

/** Namespace of the Deliveries in each cluster, unless the fleet names another. */
export const DEFAULT_NAMESPACE = 'flotilla-system';

/** Version of Kubernetes that clusters run, unless the fleet or the cluster names another. */
export const DEFAULT_KUBERNETES_VERSION = '1.36';

/** What a fleet is made of. */
export interface FleetProps<E extends string, L extends Vocabulary> {
  /** The environments of the fleet, in the order of promotion: `['dev', 'staging', 'prod']`. */
  readonly environments: readonly E[];

  /**
   * The closed vocabulary of the labels of clusters: `{ region: ['eu-west-1', 'us-east-1'] }`.
   *
   * `region`, `cluster-type`, `team` and `cost-center` exist in any case; listed here, their values are closed too.
   * `environment`, `cluster` and `not` are no labels.
   *
   * @default - the four standard labels, with free values
   */
  readonly labels?: L;

  /**
   * Namespace, in every cluster, that holds the Deliveries of this fleet.
   *
   * @default 'flotilla-system'
   */
  readonly namespace?: string;

  /**
   * Custom kinds that have no namespace, as `ClusterIssuer.cert-manager.io`.
   *
   * Needed only for those whose CustomResourceDefinition is not rendered onto the same cluster.
   *
   * @default - none
   */
  readonly clusterScopedKinds?: readonly string[];

  /**
   * How to tell the health of custom kinds, in all applications.
   *
   * @default - what flotilla knows of them, and the conventions of Kubernetes
   */
  readonly health?: readonly HealthRule[];

  /**
   * Fields that somebody else owns by design, in all applications.
   *
   * @default - none
   */
  readonly ignore?: readonly IgnoreRule[];

  /**
   * Version of Kubernetes that the clusters run, where they do not say otherwise: `1.36`, or `1.36.2`.
   *
   * @default '1.36'
   */
  readonly kubernetesVersion?: string;

  /**
   * Folders outside of the working directory that sources of applications may read, relative to it.
   *
   * @default - none: a path that leads out of the working directory, by `..` or by a link, is refused
   */
  readonly sourceFolders?: readonly string[];

  /**
   * Changes of the objects of all applications, after their own overlays and before those of environments and clusters.
   *
   * @default - none
   */
  readonly overlays?: readonly SharedOverlayProps<FleetModel<NoInfer<E>, NoInfer<L>>>[];

  /**
   * What becomes of what the checks of synth find: `{ 'missing-reference': 'error', 'deprecated-api': 'off' }`. See docs/checks.md.
   *
   * @default - what the API server would refuse is an error; what may be meant so is a warning
   */
  readonly checks?: Readonly<Partial<Record<CheckName, CheckLevel>>>;
}

/** The root of the model, without what it takes to synthesize it. */
export class FleetModel<const E extends string = string, const L extends Vocabulary = {}> extends ModelConstruct {
  /** Name of the fleet. */
  public readonly name: string;
  /** Names of the environments, in the order of promotion. */
  public readonly environments: readonly E[];
  /** The closed vocabulary of labels. */
  public readonly labels: L;
  /** Namespace, in every cluster, that holds the Deliveries of this fleet. */
  public readonly namespace: string;
  /** Custom kinds that have no namespace, as `ClusterIssuer.cert-manager.io`. */
  public readonly clusterScopedKinds: readonly string[];
  /** How to tell the health of custom kinds, in all applications. */
  public readonly health: readonly HealthRule[];
  /** Fields that somebody else owns by design, in all applications. */
  public readonly ignore: readonly IgnoreRule[];
  /** Version of Kubernetes that the clusters run, where they do not say otherwise. */
  public readonly kubernetesVersion: string;
  /** Folders outside of the working directory that sources may read. */
  public readonly sourceFolders: readonly string[];
  /** What becomes of what the checks of synth find, where that is not the default. */
  public readonly checks: Readonly<Partial<Record<CheckName, CheckLevel>>>;
  private readonly addedRules: AddedRule<any>[] = [];
  private readonly added: AddedOverlay[];

  /**
   * @param id Name of the fleet, a DNS label.
   * @param props What the fleet is made of.
   * @throws FLT1001 for a name that is not a DNS label.
   */
  constructor(id: string, props: FleetProps<E, L>) {
    super(undefined, id, 'fleet');
    this.name = id;
    this.environments = props.environments;
    this.labels = props.labels ?? {} as L;
    this.namespace = props.namespace ?? DEFAULT_NAMESPACE;
    this.clusterScopedKinds = props.clusterScopedKinds ?? [];
    this.health = props.health ?? [];
    this.ignore = props.ignore ?? [];
    this.kubernetesVersion = props.kubernetesVersion ?? DEFAULT_KUBERNETES_VERSION;
    this.sourceFolders = props.sourceFolders ?? [];
    this.checks = props.checks ?? {};
    this.added = overlaysOf(this, props.overlays);
  }

  /** Overlays of all applications, in the order they apply. */
  public get overlays(): readonly AddedOverlay[] {
    return this.added;
  }

  /** @internal */
  public addOverlay(overlay: AddedOverlay): void {
    this.added.push(overlay);
  }

  /**
   * Adds a rule that every object of the fleet has to keep, as it is written: after overlays, with its namespace.
   *
   * A violation names the rule, the object, its construct, the clusters, and the line of this call. An object may opt out: docs/checks.md.
   *
   * @param name What is required, as its violations are to say it: `two replicas in prod`. No other rule of the fleet has it.
   * @param rule Says of an object on a target whether it keeps the rule: `true` or nothing if so, `false` or what is wrong if not.
   * @param options Whether a violation is an error, which it is by default, or a warning.
   * @throws FLT2321 for a rule that is no function or has no name, or a name that is taken.
   */
  public require(name: string, rule: FleetRule<this>, options: FleetRuleOptions = {}): void {
    const site = rememberCallSite();
    const wrong = typeof name !== 'string' || name.trim() === '' ? 'has no name'
      : typeof rule !== 'function' ? 'is no function'
        : this.addedRules.some(other => other.name === name) ? 'is required twice'
          : options.level !== undefined && !['error', 'warning'].includes(options.level) ? `has the level ${JSON.stringify(options.level)}` : undefined;
    if (wrong) {
      throw new FlotillaError('FLT2321', {
        what: `the rule ${JSON.stringify(name)} of the fleet '${this.name}' ${wrong}`, where: { construct: this.node.path, source: site() },
        fix: "give it a name of its own and a function: `fleet.require('two replicas', object => object.spec.replicas > 1)`; its level is 'error' or 'warning'",
      });
    }
    this.addedRules.push({ name, rule, level: options.level ?? 'error', get source() { return site(); } });
  }

  /** The rules that were required, in that order. */
  public get rules(): readonly AddedRule<any>[] {
    return this.addedRules;
  }
}

/** A fleet of any environments and labels. `any`, because the parameters are read and written alike by what is built on a fleet. */
export type AnyFleet = FleetModel<any, any>;

/** Names of the environments of a fleet, as literals. */
export type EnvironmentOf<F> = F extends FleetModel<infer E, any> ? E : never;

/** Labels of a fleet with the values they may have. */
export type LabelsOf<F> = F extends FleetModel<any, infer L>
  ? { readonly [K in keyof L]: L[K][number] } & { readonly [K in Exclude<StandardLabel, keyof L>]: string }
  : never;
