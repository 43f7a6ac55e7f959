/** What a command's exit code means; the same for all commands. */
export const EXIT = {
  fine: 0,
  /** Something did not work. */
  failed: 1,
  /** The command was called in a wrong way. */
  usage: 2,
  /** `diff` and `plan` found differences. */
  differences: 3,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
