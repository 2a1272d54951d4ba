import { Policy, type Condition } from '../hub/answers.js';
import type { Cell } from '../output/table.js';
import { defineKind } from './resource-kind.js';

/** Policies of the hub cluster and of the members. */
export const policyKind = defineKind<Policy>({
  path: 'policies',
  schema: Policy,
  nameOf: ({ name }) => `targetgrouppolicy/${name}`,
  namesOf: ({ name }) => [name],
  columns: [
    { header: 'CLUSTER', cell: ({ cluster }) => cluster },
    { header: 'NAMESPACE', cell: ({ namespace }) => namespace },
    { header: 'NAME', cell: ({ name }) => name },
    { header: 'TARGET', cell: ({ target }) => (target ? `${target.kind}/${target.name}` : '') },
    { header: 'ACCEPTED', cell: acceptedCell },
    { header: 'GROUPS', cell: ({ ready, total }) => `${ready}/${total}` },
    { header: 'UID', isWide: true, cell: ({ uid }) => uid },
    { header: 'MESSAGE', isWide: true, cell: messageText },
  ],
});

function accepted({ conditions }: Policy): Condition | undefined {
  return conditions.find(({ type }) => type === 'Accepted');
}

/** What keeps a policy from being followed everywhere, else that it is in force. */
function messageText({ conditions }: Policy): string {
  const behind = conditions.find(({ status }) => status !== 'True');
  return (behind ?? conditions[0])?.message ?? '';
}

function acceptedCell(policy: Policy): Cell {
  const condition = accepted(policy);
  if (!condition) return '';
  if (condition.status === 'True') return { text: 'True', tone: 'good' };
  return { text: `${condition.status} (${condition.reason})`, tone: condition.status === 'False' ? 'bad' : 'warn' };
}
