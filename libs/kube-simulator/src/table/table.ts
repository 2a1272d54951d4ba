import type { JsonObject } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Column } from './column.js';

/** What the rows of a Table carry of their objects. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The metadata of a list, on its Table. */
export interface TableMetadata extends JsonObject {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

interface TableParts {
  readonly apiVersion: string;
  readonly columns: readonly Column[];
  readonly objects: readonly KubeObject[];
  readonly metadata: TableMetadata;
  /** What a row says of its object beside the cells. */
  readonly rowConditions: ((object: KubeObject) => JsonObject[]) | undefined;
  readonly rowObject: (object: KubeObject) => JsonObject | null;
  readonly nowMs: number;
  /** Only the first Table of a watch says what its columns are. */
  readonly withColumns: boolean;
}

/** Objects as a Table (Kubernetes API, meta/v1 Table). */
export function tableOf({ apiVersion, columns, objects, metadata, rowConditions, rowObject, nowMs, withColumns }: TableParts): JsonObject {
  return {
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions: withColumns
      ? columns.map(({ name, type, format, description, priority }) => ({ name, type, format, description, priority }))
      : null,
    rows: objects.map((object) => {
      const conditions = rowConditions?.(object) ?? [];
      const cells = columns.map((column) => column.cell(object, nowMs));
      return { cells, ...(conditions.length === 0 ? {} : { conditions }), object: rowObject(object) };
    }),
  };
}
