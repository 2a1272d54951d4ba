import { CliError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';

/**
 * Asks whether to go on, after what it means was shown.
 * @throws CliError where the answer is no, or nobody is there to answer
 */
export async function confirm(question: string, isConfirmed: boolean, io: CliIo): Promise<void> {
  if (isConfirmed) return;
  if (!io.stdin.isTerminal) throw new CliError('nothing was done: stdin is no terminal, so nobody can be asked; add --yes');
  const answer = await io.stdin.line(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer?.trim() ?? '')) throw new CliError('nothing was done');
}
