import type { ClusterSecretReference } from '../tree/documents';

/** The lines of TypeScript that add a cluster to the model. */
export function clusterLines(environment: string, name: string, labels: Readonly<Record<string, string>>, secret: ClusterSecretReference): string {
  const entries = Object.entries(labels).map(([key, value]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)}: ${quote(value)}`);
  const reference = Object.entries(secret).map(([key, value]) => `${key}: ${quote(String(value))}`);
  return [
    `new Cluster(${variable(environment)}, ${quote(name)}, {`,
    ...(entries.length > 0 ? [`  labels: { ${entries.join(', ')} },`] : []),
    `  access: { secret: { ${reference.join(', ')} } },`,
    '});',
  ].map(line => `${line}\n`).join('');
}

/** `pre-prod` → `preProd`: what the program most likely calls its Environment. */
function variable(environment: string): string {
  return environment.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase()).replace(/^(\d)/, '_$1');
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
