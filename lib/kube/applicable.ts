import type { Resource } from './resource';
import type { Manifest, ManifestMetadata } from '../tree/manifest';

/** What the server sets. To apply it is refused, or claims a field that can never be ours. */
const SERVER_METADATA = [
  'creationTimestamp', 'uid', 'resourceVersion', 'managedFields', 'generation', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds',
];

/** A manifest as it is applied: without what the server sets itself, and without what would look like drift though nobody changed a thing. */
export function applicable(manifest: Manifest, resource: Resource): Manifest {
  const { status, ...rest } = manifest;
  const object = { ...rest, metadata: ownMetadata(manifest.metadata) };
  // Where the status is a subresource, an apply of the object ignores it. A custom resource without one keeps it as any other field.
  const kept = status !== undefined && !resource.subresources.includes('status') ? { ...object, status } : object;
  return resource.kind === 'Secret' && resource.group === '' ? withData(kept) : kept;
}

function ownMetadata(metadata: ManifestMetadata): ManifestMetadata {
  const own = { ...metadata };
  for (const key of SERVER_METADATA) {
    delete own[key];
  }
  // An empty map of ours is a leaf in managedFields, which goes as soon as somebody adds a label of theirs.
  for (const key of ['labels', 'annotations'] as const) {
    if (own[key] && Object.keys(own[key]).length === 0 || own[key] === null) delete own[key];
  }
  return own;
}

/**
 * Turns `stringData` into `data`, as the server does on every write: it wins over `data` of the same key.
 *
 * The server keeps no `stringData`, yet remembers that we own it: another's change of the value would go unseen.
 */
function withData(secret: Manifest): Manifest {
  const { stringData, ...rest } = secret;
  if (stringData === undefined || stringData === null || !isTexts(stringData)) {
    // What is no text is for the server to refuse, by its own words.
    return secret;
  }
  const encoded = Object.entries(stringData).map(([key, text]): [string, string] => [key, Buffer.from(text, 'utf8').toString('base64')]);
  return { ...rest as Manifest, data: { ...secret.data as object | undefined, ...Object.fromEntries(encoded) } };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every(text => typeof text === 'string');
}
