import { goQuote } from '../object/go-quote.js';
import { failure } from '../status/api-error.js';
import type { ApiError } from '../status/api-error.js';
import { pathText } from './field-set.js';
import type { ManagedEntry } from './managed-fields.js';

/** A field that someone else owns and that an apply would change. */
export interface Conflict {
  readonly entry: ManagedEntry;
  readonly path: readonly string[];
}

function managerText({ manager, subresource, operation, apiVersion }: ManagedEntry): string {
  const name = subresource === '' ? goQuote(manager) : `${goQuote(manager)} with subresource ${goQuote(subresource)}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

/** The answer 409 to an apply, with one cause for each field. */
export function applyConflict(conflicts: readonly Conflict[]): ApiError {
  const causes = conflicts.map(({ entry, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(entry)}`,
    field: pathText(path),
  }));
  return failure({ code: 409, reason: 'Conflict', message: conflictMessage(conflicts), details: { causes } });
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [only] = conflicts;
  if (conflicts.length === 1 && only !== undefined)
    return `Apply failed with 1 conflict: conflict with ${managerText(only.entry)}: ${pathText(only.path)}`;
  const byManager = Map.groupBy(conflicts, ({ entry }) => managerText(entry));
  const lines = [...byManager.keys()]
    .toSorted()
    .flatMap((manager) => [`conflicts with ${manager}:`, ...(byManager.get(manager) ?? []).map(({ path }) => `- ${pathText(path)}`)]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}
