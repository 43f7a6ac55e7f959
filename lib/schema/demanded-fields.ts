/**
 * Fields that the OpenAPI documents call required although an API server takes objects without them: their Go types have no pointer there, so that a missing
 * value is the empty one, and validation allows that or defaulting fills it in.
 */
const NOT_DEMANDED: Readonly<Record<string, readonly string[]>> = {
  'io.k8s.api.rbac.v1.RoleRef': ['apiGroup'],
  'io.k8s.api.core.v1.HTTPHeader': ['value'],
  'io.k8s.api.core.v1.Sysctl': ['value'],
  'io.k8s.api.core.v1.LimitRangeSpec': ['limits'],
  'io.k8s.api.core.v1.NodeSelectorTerm': [],
  'io.k8s.api.storage.v1.CSIDriver': ['spec'],
  'io.k8s.api.storage.v1.CSINodeSpec': ['drivers'],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion': ['served', 'storage'],
};

/** Whether an API server refuses an object of this type without this field. */
export function isDemanded(type: string | undefined, field: string): boolean {
  return type === undefined || !NOT_DEMANDED[type]?.includes(field);
}
