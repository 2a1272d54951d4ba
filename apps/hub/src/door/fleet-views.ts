import { hubClusterName, hubPolicyOrigin } from '@hub/api';
import { snapshotName, type ExportSummary, type StoredMember } from '@hub/fleet';
import { programmedCondition, traceOf } from '@hub/plan';
import type { Policy } from '@hub/model';
import type { Hub } from '../hub.js';
import type { RequestRows, TargetGroupRow, WithheldRow } from '../report/target-group-row.js';
import type { ClusterView, DetachPreview, ExportView, HubView, PolicyView } from './views.js';

/** What the REST API shows of the fleet, whichever replica holds the clusters. */
export class FleetViews {
  constructor(private readonly hub: Hub) {}

  clusters(): readonly ClusterView[] {
    return [...this.hub.fleet.allMembers()].map((member) => this.viewOf(member));
  }

  cluster(name: string): ClusterView | undefined {
    for (const member of this.hub.fleet.allMembers()) if (member.record.name === name) return this.viewOf(member);
    return undefined;
  }

  /** What the hub cluster's own snapshot says is held back there. */
  hubCluster(): HubView {
    const { holds, acknowledgementId, acknowledged } = this.hub.fleet.hub.wordOf(hubPolicyOrigin)?.held ?? { holds: [] };
    return {
      snapshot: snapshotName(hubPolicyOrigin, 0),
      holds: [...holds],
      ...(acknowledgementId !== undefined && { acknowledgementId }),
      ...(acknowledged && { acknowledged }),
    };
  }

  exports(): readonly ExportView[] {
    const policies = new Map(Array.from(this.hub.fleet.policies.all(), (policy) => [traceOf(policy), policy]));
    return this.clusterNames().flatMap((cluster) => this.summaries(cluster).map((summary) => exportView(cluster, summary, policies)));
  }

  policies(): readonly PolicyView[] {
    return [...this.hub.fleet.policies.all()].map((policy) => this.policyView(policy));
  }

  /** The target groups of the fleet; `known` as RowWriter.read takes it. @throws RowsUnreadable where Redis can't be reached */
  targetGroups(known: Map<string, RequestRows>): Promise<readonly TargetGroupRow[]> {
    return this.hub.rows.targetGroups(this.clusterNames(), known);
  }

  /** The plan of a cluster: every step that is called for and held back. @throws RowsUnreadable where Redis can't be reached */
  async plan(cluster: string): Promise<readonly WithheldRow[]> {
    const rows = await this.hub.rows.read([cluster]);
    return rows
      .flatMap((row) => row.withheld)
      .toSorted((a, b) => compare(`${a.namespace}/${a.export}/${a.targetGroup}`, `${b.namespace}/${b.export}/${b.targetGroup}`));
  }

  /** What a detach would mean. @throws RowsUnreadable where Redis can't be reached */
  async detachPreview(cluster: string, onDetach: 'Keep' | 'Remove'): Promise<DetachPreview> {
    const rows = await this.hub.rows.targetGroups([cluster]);
    const own = new Map(this.hub.fleet.policies.of(cluster).map((policy) => [traceOf(policy), policy]));
    const losesPolicy = [...this.hub.fleet.allMembers()].flatMap(({ record }) => {
      if (record.name === cluster) return [];
      return this.summaries(record.name).flatMap((summary) => {
        const policy = own.get(summary.programmed.policy);
        return policy
          ? [{ cluster: record.name, namespace: summary.namespace, export: summary.name, policy: `${policy.namespace}/${policy.name}` }]
          : [];
      });
    });
    return { cluster, onDetach, targetGroups: rows.flatMap((row) => (row.arn === null ? [] : [row.name])), losesPolicy };
  }

  private policyView(policy: Policy): PolicyView {
    const { accepted, progress } = this.hub.fleet.policies.standing(policy);
    return {
      cluster: clusterOf(policy),
      namespace: policy.namespace,
      name: policy.name,
      uid: policy.uid,
      target: policy.target ? { ...policy.target } : null,
      conditions: [accepted, programmedCondition(progress)].map((condition) => ({
        ...condition,
        observedGeneration: policy.generation,
      })),
      ready: progress.ready,
      total: progress.total,
    };
  }

  private viewOf({ record, status }: StoredMember): ClusterView {
    return {
      name: record.name,
      spec: { ...record.spec },
      status: { ...status },
      heldBy: this.hub.fleet.leases.holderOf(record.name) ?? null,
    };
  }

  private clusterNames(): readonly string[] {
    return [...this.hub.fleet.allMembers()].map(({ record }) => record.name);
  }

  /** The member's own word where this replica holds it, else the last that its holder published. */
  private summaries(cluster: string): readonly ExportSummary[] {
    const member = this.hub.fleet.member(cluster);
    return member ? member.exportSummaries(new Date()) : (this.hub.fleet.view.wordOf(cluster)?.exports ?? []);
  }
}

function exportView(cluster: string, summary: ExportSummary, policies: ReadonlyMap<string, Policy>): ExportView {
  const { namespace, name, service, slots, conditions, programmed } = summary;
  return {
    cluster,
    namespace,
    name,
    service,
    ports: [...slots],
    policy: policyName(programmed.policy, namespace, policies.get(programmed.policy)),
    ready: programmed.ready,
    total: programmed.total,
    conditions: conditions.map((c) => ({ ...c })),
  };
}

/** A policy by its trace. Where it cannot be read any more, the trace says in which cluster it stands. */
function policyName(trace: string, namespace: string, policy: Policy | undefined): ExportView['policy'] {
  if (policy) return { cluster: clusterOf(policy), namespace: policy.namespace, name: policy.name };
  if (trace === '') return null;
  const [origin = ''] = trace.split('/');
  return { cluster: origin === hubPolicyOrigin ? hubClusterName : origin, namespace, name: '' };
}

function clusterOf(policy: Policy): string {
  return policy.origin.tier === 'hub' ? hubClusterName : policy.origin.cluster;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
