import type { CliIo } from '../cli-io.js';
import type { ResourceKind, ResourceRow } from '../get/resource-kind.js';
import type { OutputFormat } from './output-options.js';
import { paintFor } from './paint.js';
import { Table } from './table.js';

/** A change that a watch brought. */
export interface WatchedRow {
  readonly type: string;
  readonly row: ResourceRow;
}

/** The text of a list in one of the formats. JSON and YAML are the API's own: `{items}`, or the one thing itself. */
export async function listText(
  rows: readonly ResourceRow[],
  kind: ResourceKind,
  format: OutputFormat,
  io: CliIo,
  isOne = false,
): Promise<string> {
  const whole = isOne ? rows[0]?.raw : { items: rows.map(({ raw }) => raw) };
  switch (format) {
    case 'json':
      return `${JSON.stringify(whole, undefined, 2)}\n`;
    case 'yaml':
      return (await import('yaml')).stringify(whole);
    case 'name':
      return rows.map(({ name }) => `${name}\n`).join('');
    case 'table':
    case 'wide': {
      const isWide = format === 'wide';
      const cells = rows.map((row) => row.cells(isWide, io.clock.nowMs()));
      return rows.length === 0 ? '' : new Table(kind.headers(isWide), paintFor(io.stdout, io.env)).lines(cells);
    }
  }
}

/** Prints what a watch brings: a line for each change, as `kubectl get -w` does. */
export class WatchPrinter {
  private readonly table: Table;
  private readonly isWide: boolean;

  constructor(
    kind: ResourceKind,
    private readonly format: OutputFormat,
    private readonly showsType: boolean,
    private readonly io: CliIo,
  ) {
    this.isWide = format === 'wide';
    const headers = [...(showsType ? ['EVENT'] : []), ...kind.headers(this.isWide)];
    this.table = new Table(headers, paintFor(io.stdout, io.env));
  }

  /** The text of some changes that came together. */
  async text(changes: readonly WatchedRow[]): Promise<string> {
    if (changes.length === 0) return '';
    const { showsType } = this;
    const objects = changes.map(({ type, row }) => (showsType ? { type, object: row.raw } : row.raw));
    switch (this.format) {
      case 'json':
        return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
      case 'yaml': {
        const { stringify } = await import('yaml');
        return objects.map((object) => `---\n${stringify(object)}`).join('');
      }
      case 'name':
        return changes.map(({ type, row }) => `${showsType ? `${type} ` : ''}${row.name}\n`).join('');
      case 'table':
      case 'wide': {
        const nowMs = this.io.clock.nowMs();
        return this.table.lines(changes.map(({ type, row }) => [...(showsType ? [type] : []), ...row.cells(this.isWide, nowMs)]));
      }
    }
  }
}
