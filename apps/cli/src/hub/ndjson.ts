import { CliError } from '../cli-error.js';

/** The longest line that is taken, in characters. */
const mostLineLength = 16 * 1024 * 1024;

/**
 * The JSON values of a stream of lines, as many at a time as came together.
 * @throws CliError where a line is no JSON, or the stream ends within one
 */
export async function* ndjsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly unknown[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const end = rest.lastIndexOf('\n');
    if (end < 0 && rest.length > mostLineLength) throw new CliError('a line of the watch is too long');
    if (end < 0) continue;
    const lines = rest.slice(0, end).split('\n');
    rest = rest.slice(end + 1);
    yield lines.filter((line) => line.trim() !== '').map(parseLine);
  }
  if (rest.trim() !== '') throw new CliError('the watch broke off within a line');
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new CliError('the hub sent a line that is not JSON: is --server or LATTICE_HUB_URL right?');
  }
}
