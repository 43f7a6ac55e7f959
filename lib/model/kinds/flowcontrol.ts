// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { ObjectMeta } from './meta';

export interface ExemptPriorityLevelConfiguration { lendablePercent?: number; nominalConcurrencyShares?: number }

export interface FlowDistinguisherMethod { type: string }

export interface FlowSchema { apiVersion: string; kind: 'FlowSchema'; metadata: ObjectMeta; spec: FlowSchemaSpec }

export interface FlowSchemaSpec {
  distinguisherMethod?: FlowDistinguisherMethod; matchingPrecedence?: number; priorityLevelConfiguration: PriorityLevelConfigurationReference;
  rules?: PolicyRulesWithSubjects[];
}

export interface GroupSubject { name: string }

export interface LimitResponse { queuing?: QueuingConfiguration; type: string }

export interface LimitedPriorityLevelConfiguration {
  borrowingLimitPercent?: number; lendablePercent?: number; limitResponse?: LimitResponse; nominalConcurrencyShares?: number;
}

export interface NonResourcePolicyRule { nonResourceURLs: string[]; verbs: string[] }

export interface PolicyRulesWithSubjects { nonResourceRules?: NonResourcePolicyRule[]; resourceRules?: ResourcePolicyRule[]; subjects: Subject[] }

export interface PriorityLevelConfiguration {
  apiVersion: string; kind: 'PriorityLevelConfiguration'; metadata: ObjectMeta; spec: PriorityLevelConfigurationSpec;
}

export interface PriorityLevelConfigurationReference { name: string }

export interface PriorityLevelConfigurationSpec {
  exempt?: ExemptPriorityLevelConfiguration; limited?: LimitedPriorityLevelConfiguration; type: string;
}

export interface QueuingConfiguration { handSize?: number; queueLengthLimit?: number; queues?: number }

export interface ResourcePolicyRule { apiGroups: string[]; clusterScope?: boolean; namespaces?: string[]; resources: string[]; verbs: string[] }

export interface ServiceAccountSubject { name: string; namespace: string }

export interface Subject { group?: GroupSubject; kind: string; serviceAccount?: ServiceAccountSubject; user?: UserSubject }

export interface UserSubject { name: string }
