/** A field below another: `spec.replicas`, `metadata.annotations["a.b/c"]`. */
export function fieldPath(parent: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent ? `${parent}.${key}` : key;
}

/** An item of a list: `spec.containers[0]`. */
export function itemPath(parent: string, index: number): string {
  return `${parent}[${index}]`;
}
