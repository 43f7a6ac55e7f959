import { rename } from './rename';
import { OverlayStep } from './step';
import { walk } from './walk';
import { isMap } from '../../model/values';
import { groupOf, Manifest } from '../../tree/manifest';
import { definedScope, Scope, scopeOf } from '../scope';

/**
 * Moves all objects to another namespace, as `namespace:` of kustomize does.
 * An object of a custom kind that nobody knows the scope of moves if it has a namespace.
 */
export function setNamespace(step: OverlayStep): void {
  const namespace = step.props.namespace!;
  const scopes = new Map<string, Scope>(step.scopes);
  for (const { manifest } of step.objects) {
    const defined = definedScope(manifest);
    if (defined) {
      scopes.set(defined.groupKind, defined.scope);
    }
  }
  rename(step, 'namespace', manifest => {
    const { name, namespace: given } = manifest.metadata;
    const scope = scopeOf(manifest, scopes);
    return manifest.kind === 'Namespace' && groupOf(String(manifest.apiVersion)) === '' ? { name: namespace }
      : { name, namespace: scope === 'namespace' || (scope === undefined && given) ? namespace : given };
  }, manifest => setDefaultAccount(manifest, namespace));
}

/** The account `default` is in every namespace, and rendered nowhere. */
function setDefaultAccount(manifest: Manifest, namespace: string): void {
  if (/^(Cluster)?RoleBinding$/.test(manifest.kind)) {
    walk(manifest, 'subjects[]').filter(isMap).filter(({ kind, name }) => kind === 'ServiceAccount' && name === 'default').forEach(subject => {
      subject.namespace = namespace;
    });
  }
}
