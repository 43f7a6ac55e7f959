/** There are no credentials to present: a file is missing, or a plugin failed. The message holds no secret. */
export class CredentialsError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CredentialsError';
  }
}
