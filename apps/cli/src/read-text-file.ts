import { CliError } from './cli-error.js';
import type { CliIo } from './cli-io.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

/**
 * Reads a file that the operator named.
 * @throws CliError which says what the file is for and why it can't be read
 */
export async function readTextFile(path: string, io: Pick<CliIo, 'readFile'>, what: string): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new CliError(`${what} cannot be read from ${path}: ${reasons[code] ?? code}`);
  }
}
