// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { LabelSelector, ObjectMeta } from './meta';

export interface PodDisruptionBudget { apiVersion: string; kind: 'PodDisruptionBudget'; metadata: ObjectMeta; spec: PodDisruptionBudgetSpec }

export interface PodDisruptionBudgetSpec {
  maxUnavailable?: number | string; minAvailable?: number | string; selector?: LabelSelector; unhealthyPodEvictionPolicy?: string;
}
