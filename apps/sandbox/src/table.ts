import type { TargetGroupRow } from './hub-client.js';

const columns: readonly (readonly [string, (row: TargetGroupRow) => string])[] = [
  ['ACCOUNT', (row) => row.account],
  ['REGION', (row) => row.region],
  ['CLUSTER', (row) => row.cluster],
  ['EXPORT', (row) => `${row.namespace}/${row.export}`],
  ['NAME', (row) => row.name],
  ['PROTOCOL', (row) => `${row.protocol}${row.protocolVersion ? `/${row.protocolVersion}` : ''}:${row.port}`],
  ['HEALTH CHECK', (row) => healthCheckText(row.healthCheck)],
  ['TARGETS', (row) => row.targets.map((target) => `${target.ip}:${target.port}`).join(' ')],
  ['POLICY', (row) => (row.policy ? `${row.policy.cluster}:${row.policy.name}` : '-')],
  ['STATE', (row) => row.state],
];

/** The target groups as a table for a terminal. */
export function targetGroupTable(rows: readonly TargetGroupRow[]): string {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, text]) => text(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function healthCheckText(check: TargetGroupRow['healthCheck']): string {
  if (!check) return 'not read yet';
  if (check['enabled'] !== true) return 'off';
  const port = typeof check['port'] === 'number' ? `:${check['port']}` : '';
  return `${String(check['protocol'])}${port}${String(check['path'])} ${String(check['intervalSeconds'])}s ${String(check['statusMatch'])}`;
}
