/** How a repository names its objects: `git init --object-format`. Objects of one never get into a repository of the other. */
export type ObjectFormat = 'sha1' | 'sha256';

/** Of repositories that do not say otherwise. */
export const USUAL_FORMAT: ObjectFormat = 'sha1';

/** The whole id of an object, in either format, as a group of a regular expression that git knows too. */
export const OBJECT_ID = '([0-9a-f]{40}|[0-9a-f]{64})';

const WHOLE = new RegExp(`^${OBJECT_ID}$`);

/** Whether a text is the whole id of an object. */
export function isObjectId(text: string): boolean {
  return WHOLE.test(text);
}

/** The format of an id. */
export function formatOf(id: string): ObjectFormat {
  return id.length === 64 ? 'sha256' : 'sha1';
}

/** The format of the other side, where git gave up because it is not ours. */
export function formatMissed(stderr: string): ObjectFormat | undefined {
  return /mismatched algorithms: client \w+; server (sha1|sha256)$/m.exec(stderr)?.[1] as ObjectFormat | undefined;
}
