import { rename } from './rename';
import { OverlayStep } from './step';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';

/** Their names mean something elsewhere: a group and its plural, a version and its group, and what every object in it names. */
const KEPT = new Set(['CustomResourceDefinition.apiextensions.k8s.io', 'APIService.apiregistration.k8s.io', 'Namespace']);

/** Puts something before the names of objects. */
export function addPrefix(step: OverlayStep): void {
  rename(step, 'namePrefix', manifest => placed(manifest, name => step.props.namePrefix + name));
}

/** Puts something behind the names of objects. */
export function addSuffix(step: OverlayStep): void {
  rename(step, 'nameSuffix', manifest => placed(manifest, name => name + step.props.nameSuffix));
}

function placed({ apiVersion, kind, metadata: { name, namespace } }: Manifest, affix: (name: string) => string) {
  return { name: KEPT.has(formatGroupKind({ group: groupOf(String(apiVersion)), kind })) ? name : affix(name), namespace };
}
