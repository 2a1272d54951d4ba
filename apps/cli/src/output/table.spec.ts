import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { MemoryIo } from '../testing/memory-io.js';
import { paintFor } from './paint.js';
import { fieldLines, indented, Table, tableText, type Cell } from './table.js';

const lines = (text: string) => text.split('\n').slice(0, -1);

describe('a table', () => {
  it.each<[string, readonly (readonly Cell[])[], readonly string[]]>([
    [
      'stands in columns',
      [
        ['west', 'Synced', '3'],
        ['a', 'Unreachable', '12'],
      ],
      ['NAME   STATE         GROUPS', 'west   Synced        3', 'a      Unreachable   12'],
    ],
    ['shows what is empty as a dash', [['', ' ', '3']], ['NAME   STATE   GROUPS', '-      -       3']],
    ['keeps a text of several lines in its row', [['a\nb', 'c\td', '']], ['NAME   STATE   GROUPS', 'a b    c d     -']],
    ['steers no terminal', [['\u001b[31mred', 'a\u202eb', '\u009b']], ['NAME       STATE   GROUPS', '?[31mred   a?b     ?']],
    ['counts what is seen', [['ä\u0308', '👩‍🚒', '1']], ['NAME   STATE   GROUPS', 'ä\u0308      👩?🚒     1']],
  ])('%s', (_, rows, wanted) => {
    expect(lines(tableText(['NAME', 'STATE', 'GROUPS'], rows))).toEqual(wanted);
  });

  it('goes on below itself, and grows', () => {
    const table = new Table(['NAME', 'STATE']);
    expect(lines(table.lines([['west', 'Synced']]))).toEqual(['NAME   STATE', 'west   Synced']);
    expect(
      lines(
        table.lines([
          ['a', 'Stale'],
          ['a-long-name', 'Synced'],
        ]),
      ),
    ).toEqual(['a             Stale', 'a-long-name   Synced']);
    expect(lines(table.lines([['b', 'Stale']]))).toEqual(['b             Stale']);
  });

  it.each<[string, boolean, Readonly<Record<string, string>>, boolean]>([
    ['a terminal', true, {}, true],
    ['no terminal', false, {}, false],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('has colours, or not, on %s, and stands in the same columns', (_, isTerminal, env, hasColours) => {
    const io = new MemoryIo({ isTerminal, env });
    const text = tableText(['A', 'B'], [[{ text: 'Failed', tone: 'bad' }, 'x']], paintFor(io.stdout, io.env));
    expect(text.includes('\u001b[')).toBe(hasColours);
    expect(stripVTControlCharacters(text)).toBe('A        B\nFailed   x\n');
  });
});

describe('fields', () => {
  it('stand below each other', () => {
    expect(
      lines(
        indented(
          fieldLines([
            ['Name', 'west'],
            ['Kubernetes', ''],
          ]),
        ),
      ),
    ).toEqual(['  Name:         west', '  Kubernetes:   -']);
  });
});
