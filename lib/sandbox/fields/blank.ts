import type { SchemaNode } from '../../schema/schema-node';
import type { Json, JsonMap } from '../json';

/** Of Go structs: written though empty, optional though written, which OpenAPI has no word for. By the name of the type. */
const ALWAYS_WRITTEN: Readonly<Record<string, readonly string[]>> = {
  'io.k8s.api.core.v1.Event': ['eventTime', 'firstTimestamp', 'lastTimestamp'],
  'io.k8s.api.events.v1.Event': ['eventTime', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp'],
  'io.k8s.api.discovery.v1.EndpointSlice': ['endpoints', 'ports'],
  'io.k8s.api.rbac.v1.Role': ['rules'],
  'io.k8s.api.rbac.v1.ClusterRole': ['rules'],
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus': ['currentMetrics'],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus': ['conditions', 'storedVersions'],
};

/** And the other way round: required, and yet left out when it is empty. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'io.k8s.api.networking.v1.IPAddressSpec': ['parentRef'],
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec': ['policyName', 'validationActions'],
};

/**
 * What an object of this kind is before anything is said of it: what the server compares a new object with. A custom resource is nothing but its kind; of a
 * built-in kind, every struct is there that is no pointer, and every field that is written even when it is empty. OpenAPI tells them: a struct's default is
 * `{}`, an empty value's default is that value, and what is required without a default is null.
 */
export function blankObject(node: SchemaNode, apiVersion: string, kind: string): JsonMap {
  return node.name === undefined ? { apiVersion, kind } : { ...blankStruct(node), apiVersion, kind };
}

function blankStruct(node: SchemaNode): JsonMap {
  const blank: JsonMap = {};
  for (const [name, property] of node.properties ?? []) {
    const value = blankField(node, name, property);
    if (value !== undefined) blank[name] = value;
  }
  return blank;
}

function blankField(node: SchemaNode, name: string, property: SchemaNode): Json | undefined {
  const { default: value } = property;
  if (typeof value === 'object' && value !== null && property.name !== undefined) return blankStruct(property);
  if (value === '' || value === 0 || value === false) return value;
  return isWritten(node, name) ? null : undefined;
}

function isWritten({ name: type = '', required }: SchemaNode, name: string): boolean {
  return required?.includes(name) ? !LEFT_OUT[type]?.includes(name) : ALWAYS_WRITTEN[type]?.includes(name) ?? false;
}
