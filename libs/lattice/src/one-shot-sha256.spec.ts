import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { SourceData } from '@smithy/types';
import { OneShotSha256 } from './one-shot-sha256.js';

const text = 'GET\n/targetgroups\nmaxResults=100\nhost:vpc-lattice.us-west-2.amazonaws.com\n\u{1f511}';
const bytes = new TextEncoder().encode(text);
const larger = new Uint8Array([1, 2, ...bytes, 3]);

describe('SHA-256 for signatures', () => {
  it.each<{ of: string; parts: readonly SourceData[]; whole: string | Uint8Array }>([
    { of: 'nothing', parts: [], whole: '' },
    { of: 'an empty text', parts: [''], whole: '' },
    { of: 'a text', parts: [text], whole: text },
    { of: 'bytes', parts: [bytes], whole: text },
    { of: 'a part of other bytes', parts: [larger.subarray(2, -1)], whole: text },
    { of: 'a buffer', parts: [bytes.slice().buffer], whole: text },
    { of: 'several parts', parts: [text.slice(0, 7), new TextEncoder().encode(text.slice(7))], whole: text },
  ])("is Node's own, of $of, with a key and without", async ({ parts, whole }) => {
    for (const secret of [undefined, 'AWS4secret', new TextEncoder().encode('AWS4secret'), new Uint8Array(100).fill(7)]) {
      const ours = new OneShotSha256(secret);
      for (const part of parts) ours.update(part);
      const theirs = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
      const expected = theirs.update(whole).digest('hex');
      expect(Buffer.from(await ours.digest()).toString('hex')).toBe(expected);
      // Asked once more, it says the same.
      expect(Buffer.from(await ours.digest()).toString('hex')).toBe(expected);
    }
  });

  it('goes on after a digest, and begins anew after a reset', async () => {
    const hash = new OneShotSha256();
    hash.update('a');
    await hash.digest();
    hash.update('b');
    expect(Buffer.from(await hash.digest())).toEqual(createHash('sha256').update('ab').digest());
    hash.reset();
    hash.update('c');
    expect(Buffer.from(await hash.digest())).toEqual(createHash('sha256').update('c').digest());
  });
});
