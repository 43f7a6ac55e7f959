// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { ObjectMeta } from './meta';

export interface APIService { apiVersion: string; kind: 'APIService'; metadata: ObjectMeta; spec: APIServiceSpec }

export interface APIServiceSpec {
  caBundle?: string; group?: string; groupPriorityMinimum: number; insecureSkipTLSVerify?: boolean; service?: ServiceReference; version?: string;
  versionPriority: number;
}

export interface ServiceReference { name?: string; namespace?: string; port?: number }
