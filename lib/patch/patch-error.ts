/** A patch that does not fit what it is applied to, or is none. Its message is the end of a sentence: `has no …`. */
export class PatchError extends Error {
  constructor(
    message: string,
    /** What to do about it. */
    readonly fix: string,
  ) {
    super(message);
    this.name = 'PatchError';
  }
}
