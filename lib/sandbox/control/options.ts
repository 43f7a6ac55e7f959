import type { Clock } from './clock';

/** What becomes of the containers of an image. */
export type ImageBehaviour = 'ImagePullBackOff' | 'CrashLoopBackOff' | 'NeverReady';

export interface ImageRule {
  /** A part of the image's reference, `registry.example/web:1`, or an expression that it meets. */
  readonly image: string | RegExp;
  readonly becomes: ImageBehaviour;
}

/** A ServiceAccount, and the Secret that is to hold its token. */
export interface TokenAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly secret: { readonly name: string; readonly uid: string };
}

export interface ControllerOptions {
  /** From the pod's place on a node to its being ready, in ms. @default 200 */
  readonly readyAfterMs?: number;
  /** From there to the end of a pod of a Job, in ms. @default 200 */
  readonly completeAfterMs?: number;
  /** From the deletion of a pod to its end, in ms, whatever its grace period. @default 50 */
  readonly terminateAfterMs?: number;
  /**
   * How many of Kubernetes' seconds pass in one second: `minReadySeconds`, `progressDeadlineSeconds`, `activeDeadlineSeconds`,
   * `ttlSecondsAfterFinished` and the pauses between restarts are so much shorter. Times in objects are those of the clock. @default 60
   */
  readonly timeLapse?: number;
  /**
   * What fails, and how; the first rule that an image meets counts. An image that meets none runs.
   *
   * @default a tag that contains `does-not-exist` cannot be pulled, `broken` or `crash` ends with exit code 1 again and again, `never-ready` runs
   * without being ready
   */
  readonly images?: readonly ImageRule[];
  /** How many Nodes there are; they are made where they are missing: `node-1`, … 0: those that are there already. @default 3 */
  readonly nodes?: number;
  /** Whether Services of type LoadBalancer get an address of 192.0.2.0/24. @default true */
  readonly loadBalancers?: boolean;
  /** Whether Ingresses get an address too. @default false */
  readonly ingresses?: boolean;
  /**
   * Makes a token of a ServiceAccount, for Secrets of type kubernetes.io/service-account-token.
   *
   * @default such Secrets stay without a token
   */
  readonly issueToken?: (account: TokenAccount) => string;
  /** Whether there is nothing but what the API server does itself: CustomResourceDefinitions and APIServices. Then there are no Nodes either. @default false */
  readonly apiServerOnly?: boolean;
  /** The text of `ca.crt` in the ConfigMap kube-root-ca.crt of each namespace. @default a text that is no certificate */
  readonly rootCertificate?: string;
  /** Two clusters with equal seeds and equal requests name their pods alike. @default '' */
  readonly seed?: string;
  /** @default the machine's */
  readonly clock?: Clock;
  /** Gets what no controller should throw. @default a warning of the process */
  readonly onError?: (error: unknown) => void;
}

export const DEFAULT_IMAGES: readonly ImageRule[] = [
  { image: /:[^/]*does-not-exist/, becomes: 'ImagePullBackOff' },
  { image: /:[^/]*(broken|crash)/, becomes: 'CrashLoopBackOff' },
  { image: /:[^/]*never-ready/, becomes: 'NeverReady' },
];
