import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes a file for its owner alone; the mode of one that exists already would stay as it is. Throws an Error that names the file. */
export function writeOwnerOnly(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (error) {
    throw new Error(`${file} can't be written (${codeOf(error)})`, { cause: error });
  }
}

/** The JSON in a file. Throws an Error that names the file. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} can't be read (${codeOf(error)})`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON`, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
