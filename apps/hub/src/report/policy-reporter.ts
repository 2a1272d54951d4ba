import { setImmediate as othersFirst } from 'node:timers/promises';
import { hubPolicyOrigin, MemberSnapshotResource, TargetGroupPolicyResource, type MemberSnapshotStatus } from '@hub/api';
import { mergeConditions, snapshotName, SnapshotPublisher, type EventWriter, type Fleet, type Member } from '@hub/fleet';
import { KubeError, pathOf, type KubeClient } from '@hub/kube';
import type { Condition, Policy } from '@hub/model';
import { programmedCondition, type RawPolicy } from '@hub/plan';
import type { Logger } from '@hub/telemetry';
import { Debounced } from './debounced.js';

export interface PolicyReporterDeps {
  readonly fleet: Fleet;
  readonly hubEvents: EventWriter;
  readonly memberEvents: EventWriter;
  readonly logger: Logger;
  readonly gatherMs: number;
  readonly callTimeoutMs: number;
}

interface PolicyObject {
  readonly raw: RawPolicy;
  readonly policy: Policy;
  readonly conditions: Parameters<typeof mergeConditions>[0];
  readonly resourceVersion: string;
}

const retryMs = 2000;
/** How far a policy has come is asked of every member: in a large fleet that is not done all the time. */
const shareOfTime = 0.1;

/**
 * Shows what became of policies: on those of the hub cluster, where this replica reports on them, and on those of the members that it holds.
 * A policy reaches clusters that others hold; how far it came there is read from their snapshots.
 */
export class PolicyReporter {
  private readonly debounced: Debounced;
  private readonly hubWord = new SnapshotPublisher(hubPolicyOrigin, 0);
  private readonly written = new Map<string, string>();

  constructor(private readonly deps: PolicyReporterDeps) {
    this.debounced = new Debounced(() => this.report(), deps.gatherMs, shareOfTime);
  }

  touch(): void {
    this.debounced.touch();
  }

  async stop(): Promise<void> {
    await this.debounced.stop();
  }

  private async report(): Promise<void> {
    const { fleet } = this.deps;
    try {
      if (!fleet.leases.isValid) return this.debounced.again(retryMs);
      if (fleet.reportsHubPolicies) await this.reportHub();
      else await this.tellUntold();
      for (const member of fleet.heldMembers()) await this.reportMember(member);
    } catch (error) {
      this.deps.logger.warn({ error }, 'policies could not be reported on');
      this.debounced.again(retryMs);
    }
  }

  private async reportHub(): Promise<void> {
    const { hub } = this.deps.fleet;
    const { api } = hub;
    const facts = hub.session.facts();
    if (!api) return;
    const isSynced = facts.state === 'Synced';
    for (const object of isSynced ? hub.policies.records() : []) {
      await this.show(object, api, this.deps.hubEvents, true);
      // Each is asked of every member, which takes a while: whoever reconciles does not wait for all of them.
      await othersFirst();
    }
    // What is held is told while the kind that it is about can't be read, too: what is missing of it has not left the store.
    if (isSynced || (facts.holds.length > 0 && hub.policies.wasListed)) await this.publishHub(api, facts.uid ?? '');
  }

  private async publishHub(api: KubeClient, clusterUid: string): Promise<void> {
    const { fleet } = this.deps;
    const { policies: store, holds, session } = fleet.hub;
    const policies = [...store.records()]
      .map((record) => record.raw)
      .toSorted((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
    const kind = 'TargetGroupPolicy';
    const { resourceVersion, heldMoreThanThree } = store;
    const kinds = [{ kind, resourceVersion, heldMoreThanThree, crdUid: session.held.crdOf(kind) }];
    const word = { clusterUid, kinds, policies, exports: [], held: holds.standing };
    await this.hubWord.publish(word, api, this.signal(), fleet.published(hubPolicyOrigin));
  }

  /** What this replica alone holds of the hub cluster is told to the one that reports on it. */
  private async tellUntold(): Promise<void> {
    const { api, holds } = this.deps.fleet.hub;
    const { untold } = holds;
    if (!api || untold.length === 0) return;
    const path = pathOf(MemberSnapshotResource, undefined, snapshotName(hubPolicyOrigin, 0));
    const { metadata, ...object } = await api.get(path, this.signal());
    const told = ((object['status'] ?? {}) as MemberSnapshotStatus).holds ?? [];
    const news = untold.filter(({ reason }) => !told.some((hold) => hold.reason === reason));
    if (news.length === 0) return;
    const patch = { metadata: { resourceVersion: metadata.resourceVersion }, status: { holds: [...told, ...news] } };
    await api.mergePatch(`${path}/status`, patch, this.signal());
  }

  private async reportMember(member: Member): Promise<void> {
    const { api } = member.session;
    const what = 'conditions of policies';
    if (!api || member.session.state !== 'Synced' || member.unwritable.has(what)) return;
    // A second name for a member sees the same policies, and would say of them that they are another's.
    if (this.deps.fleet.admission(member.name)?.admitted !== true) return;
    // Where the AWS Gateway API Controller runs, Accepted is its word: another reason in it would make it drop the policy.
    const ownsAccepted = member.controllerOwnedExport() === undefined && member.otherWriter?.reason !== 'ControllerPresent';
    for (const object of member.objects.policies.records()) {
      try {
        await this.show(object, api, this.deps.memberEvents, ownsAccepted);
      } catch (error) {
        if (!(error instanceof KubeError) || error.kind !== 'forbidden') throw error;
        member.unwritable.add(what);
        return;
      }
    }
  }

  private async show(object: PolicyObject, api: KubeClient, events: EventWriter, ownsAccepted: boolean): Promise<void> {
    const { fleet } = this.deps;
    const { raw, policy } = object;
    const { accepted, progress } = fleet.policies.standing(policy);
    const wanted: Condition[] = [...(ownsAccepted ? [accepted] : []), programmedCondition(progress)];
    const conditions = mergeConditions(object.conditions, wanted, raw.generation, new Date());
    const text = JSON.stringify(wanted);
    if (!conditions || this.written.get(raw.uid) === `${object.resourceVersion} ${text}`) return;
    const path = `${pathOf(TargetGroupPolicyResource, raw.namespace, raw.name)}/status`;
    try {
      await api.mergePatch(path, { metadata: { resourceVersion: object.resourceVersion }, status: { conditions } }, this.signal());
      this.written.set(raw.uid, `${object.resourceVersion} ${text}`);
      this.tell(object, accepted, events);
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'notFound') return;
      // Somebody else wrote; the watch brings what, and then it is looked at again.
      if (error instanceof KubeError && error.kind === 'conflict') return this.debounced.again(retryMs);
      throw error;
    }
  }

  private tell(object: PolicyObject, verdict: Condition, events: EventWriter): void {
    const before = object.conditions.find((c) => c.type === verdict.type);
    if (before?.status === verdict.status && before.reason === verdict.reason) return;
    const { raw } = object;
    const regarding = {
      apiVersion: 'application-networking.k8s.aws/v1alpha1',
      kind: 'TargetGroupPolicy',
      namespace: raw.namespace,
      name: raw.name,
      uid: raw.uid,
    };
    const type = verdict.status === 'False' ? 'Warning' : 'Normal';
    const { origin } = object.policy;
    const cluster = origin.tier === 'hub' ? hubPolicyOrigin : origin.cluster;
    const event = { type, reason: verdict.reason, note: verdict.message, regarding } as const;
    const { fleet } = this.deps;
    const reach = () => (origin.tier === 'hub' ? fleet.hub.api : fleet.member(origin.cluster)?.session.api);
    events.write(cluster, event, reach).catch((error: unknown) => {
      this.deps.logger.debug({ error }, 'an event could not be written');
    });
  }

  private signal(): AbortSignal {
    return AbortSignal.timeout(this.deps.callTimeoutMs);
  }
}
