import type { Cluster, Holds } from '../hub/answers.js';
import { ageOf } from '../output/age.js';
import { tableText } from '../output/table.js';

/** What makes the hub hold back, and since when; empty where nothing does. */
export function holdsText(holds: Holds, nowMs: number): string {
  const rows = holds.map(({ reason, since, message }) => [reason, ageOf(since, nowMs), message]);
  return rows.length === 0 ? '' : tableText(['REASON', 'SINCE', 'MESSAGE'], rows);
}

/** The steps that are held back; empty where none is. */
export function withheldText({ name, status }: Cluster): string {
  const { count = 0, items = [] } = status.withheld ?? {};
  const rows = items.map(({ step, targetGroup, reason, release }) => [step, targetGroup, reason, release]);
  const rest = count > items.length ? `and ${count - items.length} more: lattice-hub plan ${name}\n` : '';
  return rows.length === 0 ? rest : tableText(['STEP', 'TARGET-GROUP', 'REASON', 'RELEASED'], rows) + rest;
}
