// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { LabelSelector, ObjectMeta } from './meta';

export interface ApplyConfiguration { expression?: string }

export interface AuditAnnotation { key: string; valueExpression: string }

export interface JSONPatch { expression?: string }

export interface MatchCondition { expression: string; name: string }

export interface MatchResources {
  excludeResourceRules?: NamedRuleWithOperations[]; matchPolicy?: string; namespaceSelector?: LabelSelector; objectSelector?: LabelSelector;
  resourceRules?: NamedRuleWithOperations[];
}

export interface MutatingAdmissionPolicy {
  apiVersion: string; kind: 'MutatingAdmissionPolicy'; metadata: ObjectMeta; spec: MutatingAdmissionPolicySpec;
}

export interface MutatingAdmissionPolicyBinding {
  apiVersion: string; kind: 'MutatingAdmissionPolicyBinding'; metadata: ObjectMeta; spec: MutatingAdmissionPolicyBindingSpec;
}

export interface MutatingAdmissionPolicyBindingSpec { matchResources?: MatchResources; paramRef?: ParamRef; policyName?: string }

export interface MutatingAdmissionPolicySpec {
  failurePolicy?: string; matchConditions?: MatchCondition[]; matchConstraints?: MatchResources; mutations?: Mutation[]; paramKind?: ParamKind;
  reinvocationPolicy?: string; variables?: Variable[];
}

export interface MutatingWebhook {
  admissionReviewVersions: string[]; clientConfig: WebhookClientConfig; failurePolicy?: string; matchConditions?: MatchCondition[];
  matchPolicy?: string; name: string; namespaceSelector?: LabelSelector; objectSelector?: LabelSelector; reinvocationPolicy?: string;
  rules?: RuleWithOperations[]; sideEffects: string; timeoutSeconds?: number;
}

export interface MutatingWebhookConfiguration {
  apiVersion: string; kind: 'MutatingWebhookConfiguration'; metadata: ObjectMeta; webhooks?: MutatingWebhook[];
}

export interface Mutation { applyConfiguration?: ApplyConfiguration; jsonPatch?: JSONPatch; patchType: string }

export interface NamedRuleWithOperations {
  apiGroups?: string[]; apiVersions?: string[]; operations?: string[]; resourceNames?: string[]; resources?: string[]; scope?: string;
}

export interface ParamKind { apiVersion?: string; kind?: string }

export interface ParamRef { name?: string; namespace?: string; parameterNotFoundAction?: string; selector?: LabelSelector }

export interface RuleWithOperations { apiGroups?: string[]; apiVersions?: string[]; operations?: string[]; resources?: string[]; scope?: string }

export interface ServiceReference { name: string; namespace: string; path?: string; port?: number }

export interface ValidatingAdmissionPolicy {
  apiVersion: string; kind: 'ValidatingAdmissionPolicy'; metadata: ObjectMeta; spec: ValidatingAdmissionPolicySpec;
}

export interface ValidatingAdmissionPolicyBinding {
  apiVersion: string; kind: 'ValidatingAdmissionPolicyBinding'; metadata: ObjectMeta; spec: ValidatingAdmissionPolicyBindingSpec;
}

export interface ValidatingAdmissionPolicyBindingSpec {
  matchResources?: MatchResources; paramRef?: ParamRef; policyName: string; validationActions: string[];
}

export interface ValidatingAdmissionPolicySpec {
  auditAnnotations?: AuditAnnotation[]; failurePolicy?: string; matchConditions?: MatchCondition[]; matchConstraints?: MatchResources;
  paramKind?: ParamKind; validations?: Validation[]; variables?: Variable[];
}

export interface ValidatingWebhook {
  admissionReviewVersions: string[]; clientConfig: WebhookClientConfig; failurePolicy?: string; matchConditions?: MatchCondition[];
  matchPolicy?: string; name: string; namespaceSelector?: LabelSelector; objectSelector?: LabelSelector; rules?: RuleWithOperations[];
  sideEffects: string; timeoutSeconds?: number;
}

export interface ValidatingWebhookConfiguration {
  apiVersion: string; kind: 'ValidatingWebhookConfiguration'; metadata: ObjectMeta; webhooks?: ValidatingWebhook[];
}

export interface Validation { expression: string; message?: string; messageExpression?: string; reason?: string }

export interface Variable { expression: string; name: string }

export interface WebhookClientConfig { caBundle?: string; service?: ServiceReference; url?: string }
