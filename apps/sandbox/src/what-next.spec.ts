import { describe, expect, it } from '@jest/globals';
import { whatNext } from './what-next.js';

describe('what to try next', () => {
  it.each(['http://127.0.0.1:8080', 'http://127.0.0.1:44949', 'http://127.0.0.1:1'])(
    'stands in two columns, whatever the port: %s',
    (url) => {
      const lines = whatNext(url)
        .split('\n')
        .filter((line) => line.startsWith('  '));
      const starts = lines.map((line) => / {3,}(?=\S)/.exec(line.slice(2))).filter((gap) => gap !== null);
      expect(starts).toHaveLength(9);
      expect(new Set(starts.map((gap) => 2 + gap.index + gap[0].length))).toEqual(new Set([59]));
    },
  );
});
