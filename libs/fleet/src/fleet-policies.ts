import { hubPolicyOrigin } from '@hub/api';
import { keyText, type Condition, type EffectivePolicy, type Policy, type PolicyScope } from '@hub/model';
import {
  effectivePolicy,
  isReached,
  policyVerdict,
  readPolicy,
  traceOf,
  type Admission,
  type KnownPolicies,
  type PolicyProgress,
  type PolicySubject,
} from '@hub/plan';
import type { Admissions } from './admissions.js';
import type { FleetView } from './fleet-view.js';
import type { ExportSummary } from './member-snapshot.js';
import { PolicyIndex } from './policy-index.js';

/** What is to be said of a policy. */
export interface PolicyStanding {
  /** Its condition `Accepted`. */
  readonly accepted: Condition;
  readonly progress: PolicyProgress;
}

/** The policies of the whole fleet: which one holds for an export, and how far each has come. */
export class FleetPolicies {
  private readonly index = new PolicyIndex();

  constructor(
    private readonly view: FleetView,
    private readonly admissions: Admissions,
    /** Whether a member may be worked with, as every replica sees it. */
    private readonly admissionOf: (cluster: string) => Admission | undefined,
  ) {}

  /** Every policy of a cluster, or of the hub cluster. */
  of(origin: string): readonly Policy[] {
    return this.index.of(origin);
  }

  *all(): Generator<Policy> {
    yield* this.index.all();
  }

  /** Which policy holds for an export in a cluster. */
  effective(question: {
    readonly cluster: string;
    readonly namespace: string;
    readonly name: string;
    readonly service: string | undefined;
    readonly traces: readonly string[];
  }): EffectivePolicy {
    return effectivePolicy(question, this.known(question.namespace, question.name, question.service));
  }

  /** What is to be said of a policy: whether it is accepted, and if not everywhere, why and where; and how far it has come, over the whole fleet. */
  standing(policy: Policy): PolicyStanding {
    const reach = this.reachOf(policy);
    const subjects = [...this.subjectsOf(policy, reach)];
    return { accepted: this.verdictOn(policy, reach, subjects), progress: this.progressOf(policy, subjects) };
  }

  /** Takes the policies of a member as they are known now. A hub cluster that is also a member has its policies counted once, in the hub tier. */
  reindex(cluster: string): void {
    this.index.replace(cluster, this.knownOf(cluster));
  }

  /** Takes the hub cluster's policies as they are known now. */
  reindexHub(): void {
    this.index.replace(
      hubPolicyOrigin,
      [...this.view.hub.policies.records()].map((record) => record.policy),
    );
  }

  /** Forgets the policies of a cluster that is no member any more. */
  forget(cluster: string): void {
    this.index.replace(cluster, []);
  }

  private knownOf(cluster: string): readonly Policy[] {
    const { hub } = this.view;
    const uid = this.view.uidOf(cluster);
    const stored = hub.members.get(cluster);
    if (!stored || (uid !== undefined && uid === hub.session.facts().uid) || !this.admissions.countsAsMember(stored.record)) return [];
    const member = this.view.member(cluster);
    // One that is being let go says nothing of another that came under its name.
    if (member) return member.record.uid === stored.record.uid ? (member.policies() ?? []) : [];
    return (this.view.wordOf(cluster)?.policies ?? []).map((raw) => readPolicy(raw, { tier: 'member', cluster }));
  }

  private verdictOn(policy: Policy, reach: readonly string[], subjects: readonly PolicySubject[]): Condition {
    const { namespace, target } = policy;
    const known = this.known(namespace, target?.kind === 'ServiceExport' ? target.name : '', undefined);
    // The exports of a large fleet are the same few many times over.
    const alike = new Map(subjects.map((subject) => [keyText(subject.name, subject.service), subject]));
    const candidates = [...alike.values()].flatMap(({ name, service }) => this.index.candidates(namespace, name, service));
    return policyVerdict({
      policy,
      subjects,
      known: { ...known, candidates: [...new Set([...candidates, ...this.index.candidates(namespace, target?.name ?? '', '')])] },
      clusters: new Map(reach.map((cluster) => [cluster, this.view.stateOf(cluster)])),
    });
  }

  private progressOf(policy: Policy, subjects: readonly PolicySubject[]): PolicyProgress {
    const trace = traceOf(policy);
    const now = new Date();
    let ready = 0;
    let total = 0;
    const behind: { cluster: string; reason: string }[] = [];
    for (const { cluster, name } of subjects) {
      const summary = this.view.summaryOf(cluster, policy.namespace, name, now);
      if (summary?.programmed.policy !== trace) continue;
      total += summary.programmed.total;
      // What follows the policy as it was before an edit does not follow it yet. A replica that is older than this one says nothing of it.
      const { generation } = summary.programmed;
      const isBefore = generation !== 0 && generation < policy.generation;
      if (!isBefore) ready += summary.programmed.ready;
      if (isBefore) behind.push({ cluster, reason: 'Pending' });
      else if (summary.programmed.ready < summary.programmed.total) behind.push({ cluster, reason: reasonOf(summary) });
    }
    return { ready, total, behind };
  }

  private reachOf(policy: Policy): readonly string[] {
    const { origin } = policy;
    const isWholeFleet = origin.tier === 'hub' || this.scopeOf(origin.cluster) === 'Fleet';
    return this.view.names().filter((name) => (isWholeFleet || name === origin.cluster) && this.isReached(name));
  }

  private isReached(cluster: string): boolean {
    return isReached(this.admissionOf(cluster), this.view.hub.members.get(cluster)?.record.joinedAs !== undefined);
  }

  private *subjectsOf(policy: Policy, reach: readonly string[]): Generator<PolicySubject> {
    const { target, namespace } = policy;
    if (!target) return;
    for (const cluster of reach) {
      if (target.kind === 'ServiceExport') {
        const service = this.view.serviceOfExport(cluster, namespace, target.name);
        if (service !== undefined) yield { cluster, namespace, name: target.name, service };
        continue;
      }
      for (const name of this.view.exportsOfService(cluster, namespace, target.name))
        yield { cluster, namespace, name, service: target.name };
    }
  }

  private known(namespace: string, name: string, service: string | undefined): KnownPolicies {
    return {
      candidates: this.index.candidates(namespace, name, service),
      scopeOf: (cluster) => this.scopeOf(cluster),
      isUnread: (cluster) => this.view.isUnread(cluster),
    };
  }

  private scopeOf(cluster: string): PolicyScope {
    return this.view.hub.members.get(cluster)?.record.spec.policyScope ?? 'Ignore';
  }
}

/** Why an export is not ready. */
function reasonOf({ conditions }: ExportSummary): string {
  return conditions.find(({ type }) => type === 'Ready')?.reason ?? 'Pending';
}
