import { describe, expect, it } from '@jest/globals';
import { ndjsonLines } from './ndjson.js';

async function read(...texts: readonly (string | Uint8Array)[]): Promise<readonly (readonly unknown[])[]> {
  const chunks = async function* () {
    await Promise.resolve();
    for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text;
  };
  const batches: (readonly unknown[])[] = [];
  for await (const batch of ndjsonLines(chunks())) batches.push(batch);
  return batches;
}

describe('lines of JSON', () => {
  const umlaut = Buffer.from('"ä"\n');
  it.each<[string, readonly (string | Uint8Array)[], readonly (readonly unknown[])[]]>([
    ['come together as they were sent', ['{"a":1}\n{"a":2}\n', '3\n'], [[{ a: 1 }, { a: 2 }], [3]]],
    ['may be cut anywhere', ['{"a"', ':1}\n{"b":', '2}\n'], [[{ a: 1 }], [{ b: 2 }]]],
    ['may be cut within a character', [umlaut.subarray(0, 2), umlaut.subarray(2)], [['ä']]],
    ['may be none', [], []],
    ['may be empty', ['\n\n1\n'], [[1]]],
  ])('%s', async (_, texts, batches) => {
    expect(await read(...texts)).toEqual(batches);
  });

  it.each([
    ['{"a":1}\n{"b"', 'broke off within a line'],
    ['<html>\n', 'not JSON'],
  ])('%j is refused', async (text, said) => {
    await expect(read(text)).rejects.toThrow(said);
  });
});
