import type { MemberState } from '@hub/model';
import type { HubCluster } from './hub-cluster.js';
import type { Member } from './member.js';
import { namesOfService, type ExportSummary, type MemberWord } from './member-snapshot.js';

/** What is known of any member, held or not: by its session where this replica has one, else by the last word that its holder published. */
export class FleetView {
  constructor(
    readonly hub: HubCluster,
    readonly member: (cluster: string) => Member | undefined,
    private readonly words: ReadonlyMap<string, MemberWord>,
  ) {}

  /** Every MemberCluster's name, whoever holds it. */
  names(): readonly string[] {
    return [...this.hub.members.records()].map(({ record }) => record.name);
  }

  wordOf(cluster: string): MemberWord | undefined {
    return this.words.get(cluster);
  }

  /** The state of a member, by its session where this replica has one, else by what its holder wrote. */
  stateOf(cluster: string): MemberState {
    const member = this.member(cluster);
    if (member) return member.record.isDetaching ? 'Detaching' : member.session.state;
    return this.hub.members.get(cluster)?.status?.state ?? 'Connecting';
  }

  /** Which cluster it is, where that is known. */
  uidOf(cluster: string): string | undefined {
    const member = this.member(cluster);
    return member ? member.clusterUid : this.words.get(cluster)?.clusterUid;
  }

  /** A member of whose policies nothing is known. One that is no member any more has none, and is not asked about another of its name. */
  isUnread(cluster: string): boolean {
    const stored = this.hub.members.get(cluster);
    if (!stored) return false;
    const member = this.member(cluster);
    if (member) return member.record.uid !== stored.record.uid || member.policies() === undefined;
    return !this.words.has(cluster);
  }

  /** The Service behind an export; undefined where the cluster is not known to have it. */
  serviceOfExport(cluster: string, namespace: string, name: string): string | undefined {
    const member = this.member(cluster);
    return member ? member.serviceOfExport(namespace, name) : this.exportOfWord(cluster, namespace, name)?.service;
  }

  /** The exports of a Service. */
  exportsOfService(cluster: string, namespace: string, service: string): Iterable<string> {
    const member = this.member(cluster);
    return member ? member.exportsOfService(namespace, service) : namesOfService(this.words.get(cluster), namespace, service);
  }

  /** How far an export has come, as of then. */
  summaryOf(cluster: string, namespace: string, name: string, at: Date): ExportSummary | undefined {
    const member = this.member(cluster);
    return member ? member.exportSummary(namespace, name, at) : this.exportOfWord(cluster, namespace, name);
  }

  private exportOfWord(cluster: string, namespace: string, name: string): ExportSummary | undefined {
    return this.words.get(cluster)?.exports.find((e) => e.namespace === namespace && e.name === name);
  }
}
