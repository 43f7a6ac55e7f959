/** Asks for metadata alone; what cannot do that answers with the whole. */
export function metadataOnly(kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList'): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;
}
