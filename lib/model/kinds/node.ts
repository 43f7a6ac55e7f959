// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { ObjectMeta } from './meta';
import type { Toleration } from './pod';

export interface Overhead { podFixed?: Record<string, number | string> }

export interface RuntimeClass {
  apiVersion: string; handler: string; kind: 'RuntimeClass'; metadata: ObjectMeta; overhead?: Overhead; scheduling?: Scheduling;
}

export interface Scheduling { nodeSelector?: Record<string, string>; tolerations?: Toleration[] }
