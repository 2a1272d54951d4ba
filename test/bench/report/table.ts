import { shortNumber, type Results, type Row } from './results.js';

/** The figures as Markdown tables, one for each figure. */
export function tablesOf(results: Results): string {
  const { machine, rows, checks, tookSeconds } = results;
  const figures = Map.groupBy(rows, (row) => row.figure);
  const wrong = checks.filter(({ actual, expected }) => actual !== expected);
  return [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB, Node ${machine.node}, Linux ${machine.kernel}, load before ${machine.loadBefore}; ${Math.round(tookSeconds)} s`,
    ...[...figures].map(([figure, ofFigure]) => `${figure}\n\n${tableOf(ofFigure)}`),
    `${checks.length - wrong.length} of ${checks.length} counts are right`,
    ...wrong.map(({ what, actual, expected }) => `WRONG: ${what}: ${actual} instead of ${expected}`),
  ].join('\n\n');
}

function tableOf(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row.values)))];
  const lines = rows.map((row) => [row.case, ...columns.map((column) => cell(row.values[column]))]);
  return [['', ...columns], ['---', ...columns.map(() => '---:')], ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell(value: number | undefined): string {
  return value === undefined ? '' : shortNumber(value);
}
