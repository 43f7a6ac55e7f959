/** A patch that does not fit what it shall change, or is none. */
export class PatchError extends Error {
  constructor(
    message: string,
    /** Whether the patch itself is at fault, whatever it is applied to. */
    readonly malformed = false,
  ) {
    super(message);
  }
}
