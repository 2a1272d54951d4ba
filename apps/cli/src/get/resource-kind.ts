import type { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { Cell } from '../output/table.js';

/** One column of a table. */
interface Column<T> {
  readonly header: string;
  /** Only where a wide table is asked for. */
  readonly isWide?: boolean;
  cell(item: T, nowMs: number): Cell;
}

/** How one kind of thing is asked for and shown. */
export interface KindDefinition<T> {
  /** Below /api/v1/. */
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly columns: readonly Column<T>[];
  /** What `-o name` prints. */
  nameOf(item: T): string;
  /** The names by which a single one is asked for. */
  namesOf(item: T): readonly string[];
}

/** One of what the hub answered, as it can be shown. */
export interface ResourceRow {
  /** As the hub sent it. */
  readonly raw: unknown;
  readonly name: string;
  readonly names: readonly string[];
  cells(isWide: boolean, nowMs: number): readonly Cell[];
}

/** A kind, whatever its items are made of. */
export interface ResourceKind {
  readonly path: string;
  headers(isWide: boolean): readonly string[];
  /** @throws CliError for what is no such thing */
  row(raw: unknown): ResourceRow;
}

/** Makes a kind out of what it is made of. */
export function defineKind<T>(definition: KindDefinition<T>): ResourceKind {
  const columns = (isWide: boolean) => definition.columns.filter((column) => isWide || !column.isWide);
  return {
    path: definition.path,
    headers: (isWide) => columns(isWide).map(({ header }) => header),
    row: (raw) => {
      const item = readItem(raw, definition);
      return {
        raw,
        name: definition.nameOf(item),
        names: definition.namesOf(item),
        cells: (isWide, nowMs) => columns(isWide).map((column) => column.cell(item, nowMs)),
      };
    },
  };
}

function readItem<T>(raw: unknown, { schema, path }: KindDefinition<T>): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = [path, ...(issue?.path ?? [])].map(String).join('.');
  throw new CliError(`the hub answered what this lattice-hub does not understand: ${where}: ${issue?.message}; are both of one version?`);
}
