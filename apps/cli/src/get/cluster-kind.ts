import { stateCell } from '../cluster/cluster-standing.js';
import { Cluster } from '../hub/answers.js';
import { ageOf } from '../output/age.js';
import { defineKind } from './resource-kind.js';

/** Member clusters. */
export const clusterKind = defineKind<Cluster>({
  path: 'clusters',
  schema: Cluster,
  nameOf: ({ name }) => `membercluster/${name}`,
  namesOf: ({ name }) => [name],
  columns: [
    { header: 'NAME', cell: ({ name }) => name },
    { header: 'STATE', cell: stateCell },
    { header: 'ACCOUNT', cell: ({ spec }) => spec.aws.accountId },
    { header: 'REGION', cell: ({ spec }) => spec.aws.region },
    { header: 'VPC', cell: ({ spec }) => spec.aws.vpcId },
    { header: 'EXPORTS', cell: ({ status }) => count(status.counts?.exports) },
    { header: 'GROUPS', cell: ({ status }) => count(status.counts?.targetGroups) },
    { header: 'WITHHELD', cell: ({ status }) => withheldCell(status) },
    { header: 'CLUSTER-NAME', isWide: true, cell: ({ name, spec }) => spec.clusterName ?? name },
    { header: 'POLICY-SCOPE', isWide: true, cell: ({ spec }) => spec.policyScope },
    { header: 'ON-DETACH', isWide: true, cell: ({ spec }) => spec.onDetach },
    { header: 'VERSION', isWide: true, cell: ({ status }) => status.kubernetesVersion ?? '' },
    { header: 'LAST-SYNC', isWide: true, cell: ({ status }, nowMs) => ageOf(status.lastSyncTime, nowMs) },
    { header: 'HELD-BY', isWide: true, cell: ({ heldBy }) => heldBy ?? '' },
  ],
});

function count(number: number | undefined): string {
  return number === undefined ? '' : String(number);
}

function withheldCell(status: Cluster['status']) {
  const text = count(status.counts?.withheld);
  return status.withheld?.acknowledgementId === undefined ? text : { text: `${text} (acknowledge)`, tone: 'warn' as const };
}
