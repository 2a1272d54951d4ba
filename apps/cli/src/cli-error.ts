/** How a command ends that does not succeed: refused or failed, wrong usage, or interrupted by the person at the keyboard. */
export type FailureCode = 1 | 2 | 130;

/** What ends a command: one line for stderr that says what to do, and the exit code. */
export class CliError extends Error {
  override readonly name: string = 'CliError';

  constructor(
    message: string,
    readonly exitCode: FailureCode = 1,
  ) {
    super(message);
  }
}

/** The command line is not one that can be carried out as it stands. */
export function usageError(message: string): CliError {
  return new CliError(message, 2);
}

/** The person at the keyboard stopped the command, which needs no words. */
export function interrupted(): CliError {
  return new CliError('', 130);
}
