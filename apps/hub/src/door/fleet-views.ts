import { hubClusterName } from '@hub/api';
import type { ExportSummary } from '@hub/fleet';
import { traceOf } from '@hub/plan';
import type { Policy } from '@hub/model';
import type { Hub } from '../hub.js';
import type { TargetGroupRow, WithheldRow } from '../report/target-group-row.js';
import type { ClusterView, DetachPreview, ExportView, ListQuery, PolicyView } from './views.js';

/** What the REST API shows of the fleet, whichever replica holds the clusters. */
export class FleetViews {
  constructor(private readonly hub: Hub) {}

  clusters(): readonly ClusterView[] {
    return [...this.hub.fleet.allMembers()]
      .map(({ record, status }) => ({
        name: record.name,
        spec: record.spec as unknown as Record<string, unknown>,
        status: (status ?? {}) as Record<string, unknown>,
        heldBy: this.hub.fleet.leases.holderOf(record.name) ?? null,
      }))
      .toSorted((a, b) => compare(a.name, b.name));
  }

  cluster(name: string): ClusterView | undefined {
    return this.clusters().find((cluster) => cluster.name === name);
  }

  exports(query: ListQuery): readonly ExportView[] {
    const views: ExportView[] = [];
    for (const cluster of this.clusterNames(query)) {
      for (const summary of this.summaries(cluster)) if (matches(query, summary)) views.push(exportView(cluster, summary));
    }
    return views.toSorted((a, b) => compare(`${a.namespace}/${a.name}/${a.cluster}`, `${b.namespace}/${b.name}/${b.cluster}`));
  }

  policies(query: ListQuery): readonly PolicyView[] {
    const policies = [...this.hub.fleet.allPolicies()].filter(
      (policy) => matches(query, policy) && (query.cluster === undefined || clusterOf(policy) === query.cluster),
    );
    return policies
      .map((policy) => this.policyView(policy))
      .toSorted((a, b) => compare(`${a.namespace}/${a.name}/${a.cluster}`, `${b.namespace}/${b.name}/${b.cluster}`));
  }

  /** @throws Error where Redis can't be reached */
  async targetGroups(query: ListQuery): Promise<readonly TargetGroupRow[]> {
    const rows = await this.hub.rows.targetGroups(this.clusterNames(query));
    const order = (row: TargetGroupRow) => [row.account, row.region, row.cluster, row.namespace, row.export, row.name].join('/');
    return rows
      .filter((row) => matches(query, { namespace: row.namespace, name: row.export }))
      .toSorted((a, b) => compare(order(a), order(b)));
  }

  /** The plan of a cluster: every step that is called for and held back. @throws Error where Redis can't be reached */
  async plan(cluster: string): Promise<readonly WithheldRow[]> {
    const rows = await this.hub.rows.read([cluster]);
    return rows
      .flatMap((row) => row.withheld)
      .toSorted((a, b) => compare(`${a.namespace}/${a.export}/${a.targetGroup}`, `${b.namespace}/${b.export}/${b.targetGroup}`));
  }

  /** What a detach would mean. @throws Error where Redis can't be reached */
  async detachPreview(cluster: string, onDetach: 'Keep' | 'Remove'): Promise<DetachPreview> {
    const rows = await this.hub.rows.targetGroups([cluster]);
    const own = new Map(this.hub.fleet.policiesOf(cluster).map((policy) => [traceOf(policy), policy]));
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
    const progress = this.hub.fleet.policyProgress(policy);
    return {
      cluster: clusterOf(policy),
      namespace: policy.namespace,
      name: policy.name,
      uid: policy.uid,
      target: policy.target ? { ...policy.target } : null,
      conditions: [this.hub.fleet.policyVerdict(policy)],
      ready: progress.ready,
      total: progress.total,
    };
  }

  private clusterNames(query: ListQuery): readonly string[] {
    const names = [...this.hub.fleet.allMembers()].map(({ record }) => record.name);
    return query.cluster === undefined ? names : names.filter((name) => name === query.cluster);
  }

  /** The member's own word where this replica holds it, else the last that its holder published. */
  private summaries(cluster: string): readonly ExportSummary[] {
    const member = this.hub.fleet.member(cluster);
    return member ? member.exportSummaries(new Date()) : (this.hub.fleet.wordOf(cluster)?.exports ?? []);
  }
}

function exportView(cluster: string, summary: ExportSummary): ExportView {
  const { namespace, name, service, slots, conditions, programmed } = summary;
  return {
    cluster,
    namespace,
    name,
    service,
    ports: [...slots],
    policy: programmed.policy,
    ready: programmed.ready,
    total: programmed.total,
    conditions: conditions.map((c) => ({ ...c })),
  };
}

function matches(query: ListQuery, of: { readonly namespace: string; readonly name: string }): boolean {
  return (query.namespace === undefined || query.namespace === of.namespace) && (query.name === undefined || query.name === of.name);
}

function clusterOf(policy: Policy): string {
  return policy.origin.tier === 'hub' ? hubClusterName : policy.origin.cluster;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
