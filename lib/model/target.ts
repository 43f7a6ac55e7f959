import { EnvironmentOf, LabelsOf } from './fleet';

/** One application on one cluster, as `render` sees it. */
export interface Target<F> {
  /** Name of the fleet. */
  readonly fleet: string;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Name of the environment. */
  readonly environment: EnvironmentOf<F>;
  /** Version of Kubernetes that the cluster runs: `1.36`. */
  readonly kubernetesVersion: string;
  /** Labels of the cluster. */
  readonly labels: Readonly<Partial<LabelsOf<F>>>;
  /** Name of the application. */
  readonly application: string;
  /** Namespace of the application's objects, where it has one. */
  readonly namespace?: string;
}
