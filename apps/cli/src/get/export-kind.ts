import { Export, type Condition } from '../hub/answers.js';
import type { Cell } from '../output/table.js';
import { policyText } from './policy-text.js';
import { defineKind } from './resource-kind.js';

/** Exports of every cluster. */
export const exportKind = defineKind<Export>({
  path: 'exports',
  schema: Export,
  nameOf: ({ name }) => `serviceexport/${name}`,
  namesOf: ({ name }) => [name],
  columns: [
    { header: 'CLUSTER', cell: ({ cluster }) => cluster },
    { header: 'NAMESPACE', cell: ({ namespace }) => namespace },
    { header: 'NAME', cell: ({ name }) => name },
    { header: 'SERVICE', cell: ({ service }) => service },
    { header: 'PORTS', cell: ({ ports }) => ports.join(',') },
    { header: 'GROUPS', cell: ({ ready, total }) => `${ready}/${total}` },
    { header: 'STATE', cell: stateCell },
    { header: 'POLICY', isWide: true, cell: policyText },
    { header: 'MESSAGE', isWide: true, cell: (item) => behind(item)?.message ?? '' },
  ],
});

/** The condition that keeps an export from being ready. */
function behind({ conditions }: Export): Condition | undefined {
  const of = (type: string) => conditions.find((condition) => condition.type === type && condition.status !== 'True');
  return of('Valid') ?? of('Ready');
}

function stateCell(item: Export): Cell {
  const condition = behind(item);
  if (condition) return { text: `${condition.type === 'Valid' ? 'Invalid' : 'NotReady'} (${condition.reason})`, tone: 'warn' };
  return item.conditions.some(({ type }) => type === 'Ready') ? { text: 'Ready', tone: 'good' } : '';
}
