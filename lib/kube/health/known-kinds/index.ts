import { argoKinds } from './argo';
import { clusterKinds } from './clusters';
import { dataKinds } from './data';
import { gatewayKinds } from './gateways';
import { KnownKind } from './known-kind';
import { kruiseKinds } from './kruise';
import { operatorKinds } from './operators';
import { reportingKinds } from './reporting';
import { at, listAt } from '../fields';
import { groupOf } from '../group';
import { Health, KubeObject, progressing } from '../health';

const KNOWN_KINDS: readonly KnownKind[] = [
  ...argoKinds, ...clusterKinds, ...dataKinds, ...gatewayKinds, ...kruiseKinds, ...operatorKinds, ...reportingKinds,
];

/** The health of an object of a well-known kind, where it differs from what the conventions tell; undefined otherwise. */
export function assessKnownKind(object: KubeObject): Health | undefined {
  const known = KNOWN_KINDS.filter(kind => matches(kind, object));
  for (const kind of known) {
    const health = hasReported(kind, object) ? kind.assess?.(object) : progressing('waiting for the controller to report');
    if (health) {
      return health;
    }
  }
  return undefined;
}

function matches({ group, kinds, except }: KnownKind, object: KubeObject): boolean {
  const actual = groupOf(object);
  return (group.startsWith('.') ? actual.endsWith(group) : actual === group)
    && (kinds === undefined || kinds.includes(object.kind))
    && !(except?.test(object.kind) ?? false);
}

function hasReported({ reports }: KnownKind, object: KubeObject): boolean {
  switch (reports) {
    case 'status':
      return Object.keys(at(object, 'status') ?? {}).length > 0;
    case 'conditions':
      return listAt(object, 'status', 'conditions').length > 0;
    default:
      return true;
  }
}
