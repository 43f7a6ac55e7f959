import type { ClusterContext } from './context';
import type { DesiredCluster } from './desired';
import { formatGroupKind } from '../tree/manifest';

/** What the tree itself brings that other objects of it need: an answer that it is missing may mean that it is on its way. */
export function definitionsOf(desired: DesiredCluster): Definitions {
  const definitions = known.get(desired) ?? readDefinitions(desired);
  known.set(desired, definitions);
  return definitions;
}

type Definitions = Pick<ClusterContext, 'definedKinds' | 'definedNamespaces'>;

/** An agent asks again and again of the same tree. */
const known = new WeakMap<DesiredCluster, Definitions>();

function readDefinitions({ targets }: DesiredCluster): Definitions {
  const definedKinds = new Set<string>();
  const definedNamespaces = new Set<string>();
  for (const { id, committed } of targets.flatMap(target => target.objects)) {
    if (id.kind === 'CustomResourceDefinition') {
      const spec = committed.open().spec as { group?: string; names?: { kind?: string } } | undefined;
      if (spec?.group && spec.names?.kind) definedKinds.add(formatGroupKind({ group: spec.group, kind: spec.names.kind }));
    }
    if (id.kind === 'Namespace' && id.group === '') {
      definedNamespaces.add(id.name);
    }
  }
  return { definedKinds, definedNamespaces };
}
