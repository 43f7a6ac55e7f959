const MIB = 2 ** 20;

/** Levels of lists and maps: what is written nests no deeper than what is read. */
export const MAX_DEPTH = 200;
/** Size of a text. A bundle of the custom resource definitions of a whole cloud provider has about 20 MiB. */
export const MAX_FILE_BYTES = 32 * MIB;
/** etcd refuses an object of more than 1.5 MiB; the parser needs some 200 bytes for each byte of the worst text. */
export const MAX_DOCUMENT_BYTES = 4 * MIB;
/** Scalars, lists and maps that one text may hold, each alias counted as the copy that it becomes. */
export const MAX_NODES = 2_000_000;

/** `32 MiB` */
export function formatMebibytes(bytes: number): string {
  return `${bytes / MIB} MiB`;
}
