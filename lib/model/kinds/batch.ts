// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { LabelSelector, ObjectMeta } from './meta';
import type { PodTemplateSpec } from './pod';

export interface CronJob { apiVersion: string; kind: 'CronJob'; metadata: ObjectMeta; spec: CronJobSpec }

export interface CronJobSpec {
  concurrencyPolicy?: string; failedJobsHistoryLimit?: number; jobTemplate: JobTemplateSpec; schedule: string; startingDeadlineSeconds?: number;
  successfulJobsHistoryLimit?: number; suspend?: boolean; timeZone?: string;
}

export interface Job { apiVersion: string; kind: 'Job'; metadata: ObjectMeta; spec: JobSpec }

export interface JobSpec {
  activeDeadlineSeconds?: number; backoffLimit?: number; backoffLimitPerIndex?: number; completionMode?: string; completions?: number;
  managedBy?: string; manualSelector?: boolean; maxFailedIndexes?: number; parallelism?: number; podFailurePolicy?: PodFailurePolicy;
  podReplacementPolicy?: string; selector?: LabelSelector; successPolicy?: SuccessPolicy; suspend?: boolean; template: PodTemplateSpec;
  ttlSecondsAfterFinished?: number;
}

export interface JobTemplateSpec { metadata: ObjectMeta; spec: JobSpec }

export interface PodFailurePolicy { rules: PodFailurePolicyRule[] }

export interface PodFailurePolicyOnExitCodesRequirement { containerName?: string; operator: string; values: number[] }

export interface PodFailurePolicyOnPodConditionsPattern { status?: string; type: string }

export interface PodFailurePolicyRule {
  action: string; onExitCodes?: PodFailurePolicyOnExitCodesRequirement; onPodConditions?: PodFailurePolicyOnPodConditionsPattern[];
}

export interface SuccessPolicy { rules: SuccessPolicyRule[] }

export interface SuccessPolicyRule { succeededCount?: number; succeededIndexes?: string }
