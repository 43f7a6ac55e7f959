/** For messages. */
export const describeNameRule = 'lower case letters, digits and hyphens, 63 at most, starting and ending with a letter or digit';

/** RFC 1123, as Kubernetes reads it: the name of a namespace, or of a folder on any file system. */
export function isDnsLabel(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** RFC 1123: DNS labels with dots between them, 253 characters at most; the name of most objects. */
export function isDnsSubdomain(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 253 && name.split('.').every(part => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part));
}
