// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { ObjectMeta } from './meta';

export interface PriorityClass {
  apiVersion: string; description?: string; globalDefault?: boolean; kind: 'PriorityClass'; metadata: ObjectMeta; preemptionPolicy?: string;
  value?: number;
}
