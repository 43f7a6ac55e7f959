import type { FieldProblems } from './field-problems';
import { dnsSubdomain, dns1035Label } from './names';
import { maps } from '../admit/pod-of';
import { isMap, type JsonMap } from '../json';

/** The essentials of a CustomResourceDefinition: its name, names, scope and versions, and that their schemas are structural. */
export function checkDefinition({ metadata, spec }: JsonMap, problems: FieldProblems): void {
  const own = spec as JsonMap;
  const names = own.names as JsonMap;
  const { name } = metadata as JsonMap;
  const wanted = `${String(names.plural ?? '')}.${String(own.group ?? '')}`;
  if (name !== wanted) problems.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group');
  if (!own.group) {problems.required('spec.group');} else {
    problems.eachInvalid('spec.group', own.group, dnsSubdomain(String(own.group)));
    if (!String(own.group).includes('.')) problems.invalid('spec.group', own.group, 'should be a domain with at least one dot');
  }
  problems.oneOf('spec.scope', own.scope, ['Cluster', 'Namespaced']);
  checkVersions(maps(own.versions), problems);
  const stored = maps(own.versions).filter(({ storage }) => storage === true).length;
  if (stored !== 1) problems.invalid('spec.versions', own.versions, 'must have exactly one version marked as storage version');
  if (stored === 0) problems.invalid('status.storedVersions', null, 'must have at least one stored version');
  for (const key of ['plural', 'singular', 'kind', 'listKind']) {
    const value = String(names[key] ?? '');
    if (!value) {
      if (key !== 'singular' || names.kind) problems.required(`spec.names.${key}`);
    } else {
      problems.eachInvalid(`spec.names.${key}`, value, dns1035Label(value.toLowerCase()));
    }
  }
  if (names.kind && names.kind === names.listKind) problems.invalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same');
}

function checkVersions(versions: readonly JsonMap[], problems: FieldProblems): void {
  const seen = new Set<string>();
  versions.forEach(({ name, schema }, i) => {
    const at = `spec.versions[${i}]`;
    problems.eachInvalid(`${at}.name`, name, dns1035Label(String(name ?? '')));
    if (seen.has(String(name))) problems.invalid(`${at}.name`, name, 'must be unique');
    seen.add(String(name));
    const root = isMap(schema) ? schema.openAPIV3Schema : undefined;
    if (!isMap(root)) problems.required(`${at}.schema.openAPIV3Schema`);
    // A schema that is the only one, or the same everywhere, is told where it stood in the version before.
    else checkStructural(root, versions.length === 1 ? 'spec.validation.openAPIV3Schema' : `${at}.schema.openAPIV3Schema`, problems, true);
  });
}

/** Every part of a schema says its type, and what is unique to lists, maps and strings stands where it belongs. */
function checkStructural(schema: JsonMap, path: string, problems: FieldProblems, isRoot = false): void {
  const free = schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-int-or-string'] === true;
  if (isRoot && schema.type !== 'object') {
    if (schema.type) problems.invalid(`${path}.type`, schema.type, 'must be object at the root');
    else problems.required(`${path}.type`, 'must not be empty at the root');
  } else if (!schema.type && !free) {
    problems.required(`${path}.type`, 'must not be empty for specified object fields');
  }
  if (isMap(schema.properties) && schema.additionalProperties !== undefined) problems.forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive');
  if (schema.type === 'array' && !isMap(schema.items)) problems.required(`${path}.items`, 'must be specified');
  if (schema['x-kubernetes-list-type'] === 'map' && !Array.isArray(schema['x-kubernetes-list-map-keys'])) {
    problems.required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map');
  }
  if (typeof schema.pattern === 'string' && !isPattern(schema.pattern)) problems.invalid(`${path}.pattern`, schema.pattern, 'must be a valid regular expression');
  for (const [key, property] of Object.entries(isMap(schema.properties) ? schema.properties : {})) {
    if (isMap(property)) checkStructural(property, `${path}.properties[${key}]`, problems);
  }
  if (isMap(schema.items)) checkStructural(schema.items, `${path}.items`, problems);
  if (isMap(schema.additionalProperties)) checkStructural(schema.additionalProperties, `${path}.additionalProperties`, problems);
}

function isPattern(text: string): boolean {
  try {
    void new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
