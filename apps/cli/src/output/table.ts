import type { Paint, Tone } from './paint.js';
import { oneLine } from './printable.js';

/** One cell: a text, or a text with a meaning. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

/** What stands between two columns. */
const gap = '   ';

/**
 * A table whose rows may come one after the other: the header comes with the first of them, and columns only ever grow, so that what is printed
 * later still stands below what was printed before.
 */
export class Table {
  private readonly widths: number[];
  private isBegun = false;

  constructor(
    private readonly headers: readonly string[],
    private readonly paint: Paint = (text) => text,
  ) {
    this.widths = headers.map((header) => header.length);
  }

  /** The lines of some rows, each with its line end. */
  lines(rows: readonly (readonly Cell[])[]): string {
    const shown = rows.map((row) => row.map(shownCell));
    for (const row of shown) for (const [i, { width }] of row.entries()) this.widths[i] = Math.max(this.widths[i] ?? 0, width);
    const header = this.isBegun ? [] : [this.headers.map((text) => ({ text, tone: undefined, width: text.length }))];
    this.isBegun = true;
    return [...header, ...shown].map((row) => `${this.line(row)}\n`).join('');
  }

  private line(row: readonly ShownCell[]): string {
    return row
      .map(({ text, tone, width }, i) => {
        const painted = tone ? this.paint(text, tone) : text;
        return i === row.length - 1 ? painted : painted + ' '.repeat((this.widths[i] ?? 0) - width);
      })
      .join(gap);
  }
}

interface ShownCell {
  readonly text: string;
  readonly tone: Tone | undefined;
  readonly width: number;
}

function shownCell(cell: Cell): ShownCell {
  const { text: raw, tone } = typeof cell === 'string' ? { text: cell, tone: undefined } : cell;
  const text = oneLine(raw) || '-';
  return { text, tone, width: widthOf(text) };
}

/** In characters as they are seen; nearly all that clusters say is ASCII. */
function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : [...new Intl.Segmenter().segment(text)].length;
}

/** A table as a text. */
export function tableText(headers: readonly string[], rows: readonly (readonly Cell[])[], paint?: Paint): string {
  return new Table(headers, paint).lines(rows);
}

/** Names and values below each other. */
export function fieldLines(fields: readonly (readonly [name: string, value: Cell])[], paint: Paint = (text) => text): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields
    .map(([name, value]) => {
      const { text, tone } = shownCell(value);
      return `${`${name}:`.padEnd(width + 1)}${gap}${tone ? paint(text, tone) : text}\n`;
    })
    .join('');
}

/** The lines of a text, each further in. */
export function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
