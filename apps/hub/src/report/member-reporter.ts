import { isDeepStrictEqual } from 'node:util';
import {
  conditionTypes,
  detachFinalizer,
  hubPolicyOrigin,
  MemberClusterResource,
  ServiceExportResource,
  type MemberClusterStatus,
} from '@hub/api';
import {
  mergeConditions,
  sameHolds,
  SnapshotPublisher,
  toldHold,
  withProgress,
  type EventWriter,
  type Fleet,
  type HubEvent,
  type Member,
} from '@hub/fleet';
import { KubeError, pathOf, type KubeClient } from '@hub/kube';
import type { Hold } from '@hub/model';
import { memberConditions } from '@hub/plan';
import type { Logger } from '@hub/telemetry';
import type { Turns } from '../turns.js';
import { Debounced } from './debounced.js';
import { ExportNews } from './export-news.js';
import { StatusWriter } from './status-writer.js';

export interface MemberReporterDeps {
  readonly fleet: Fleet;
  /** Events in the hub cluster, and in the member. */
  readonly hubEvents: EventWriter;
  readonly memberEvents: EventWriter;
  readonly logger: Logger;
  /** How many groups of this hub the member has; undefined before AWS was asked. */
  readonly groupCount: (member: Member) => number | undefined;
  /** How long several differences are gathered before they are written. */
  readonly gatherMs: number;
  readonly callTimeoutMs: number;
  /** The member was reported on: what is held back of it may be what a person has answered already. */
  readonly reported: () => void;
  /** Bounds how many members are reported on at once: more would only wait at the hub cluster, and run out of time there. */
  readonly turns: Turns;
}

type WithheldItem = NonNullable<NonNullable<MemberClusterStatus['withheld']>['items']>[number];

/** How much of what is withheld stands on the MemberCluster. */
const shownWithheld = 50;
const retryMs = 2000;
/** While a member's exports come one after the other, each of them would be a report on all of them. */
const shareOfTime = 0.25;
/** What took long may have waited for an answer: then it is not the hub that is busy, and what is new is to be seen. */
const mostRestMs = 2000;

/**
 * Shows one member: its MemberCluster's status and finalizer, its snapshot, its exports' own conditions, and events. Each is written only where it
 * differs from what stands there.
 */
export class MemberReporter {
  private readonly debounced: Debounced;
  private readonly publisher: SnapshotPublisher;
  private readonly status: StatusWriter;
  private readonly news = new ExportNews(rfc3339(new Date()));
  private isExportStatusServed = true;
  private lastClient: KubeClient | undefined;

  constructor(
    private readonly member: Member,
    private readonly deps: MemberReporterDeps,
  ) {
    this.debounced = new Debounced(() => deps.turns.take(() => this.report()), deps.gatherMs, shareOfTime, mostRestMs);
    this.publisher = new SnapshotPublisher(member.name, 0);
    this.status = new StatusWriter(member, deps.fleet);
  }

  /** Something that is shown may be different. @param afterMs how soon it is to be looked at, where that is not as soon as may be */
  touch(afterMs?: number): void {
    this.debounced.touch(afterMs);
  }

  /** What stands in the hub cluster is different: where it is not what was said here, it is looked at. */
  shown(): void {
    if (!this.status.notices() || this.publisher.isNews(this.deps.fleet.published(this.member.name))) this.touch();
  }

  async stop(): Promise<void> {
    await this.debounced.stop();
  }

  /** Tells of something that happened to an object of the member, where the member lets the hub. */
  tell(event: HubEvent): void {
    const { api } = this.member.session;
    if (!api || !this.isAdmitted || this.member.unwritable.has('events')) return;
    this.deps.memberEvents
      .write(this.member.name, event, () => this.member.session.api)
      .catch((error: unknown) => this.notWritable('events', error));
  }

  /** Tells of something that happened to the MemberCluster. */
  tellHub(type: HubEvent['type'], reason: string, note: string): void {
    const { api } = this.deps.fleet.hub;
    const { name, uid } = this.member.record;
    const regarding = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name, uid };
    if (!api) return;
    this.deps.hubEvents
      .write(hubPolicyOrigin, { type, reason, note, regarding }, () => this.deps.fleet.hub.api)
      .catch((error: unknown) => {
        this.deps.logger.warn({ cluster: name, error }, 'an event could not be written');
      });
  }

  /** Nothing is written into a cluster that the hub does not work with: under another name it may do so, and say the opposite. */
  private get isAdmitted(): boolean {
    return this.deps.fleet.admission(this.member.name)?.admitted === true;
  }

  private async report(): Promise<void> {
    const { api } = this.deps.fleet.hub;
    if (!api || !this.deps.fleet.leases.isValid) return this.debounced.again(retryMs);
    // What stands there under the name may be another member already; nothing is said about that one here.
    if (this.deps.fleet.stored(this.member.name)?.record.uid !== this.member.record.uid) return;
    try {
      await this.keepFinalizer(api);
      const told = await this.writeStatus(api);
      // Whoever may not write that any more has nothing to publish either.
      if (!told) return this.debounced.again(retryMs);
      await this.publishWord(told, api);
      await this.writeExports();
      this.deps.reported();
    } catch (error) {
      this.deps.logger.warn({ cluster: this.member.name, error }, 'a member could not be reported on');
      this.debounced.again(retryMs);
    }
  }

  /** The finalizer makes sure that a detach is seen, whenever the hub runs again. */
  private async keepFinalizer(api: KubeClient): Promise<void> {
    const { record } = this.member;
    if (record.hasFinalizer || record.isDetaching) return;
    const path = pathOf(MemberClusterResource, undefined, record.name);
    const object = await api.get(path, this.signal());
    const finalizers = Array.isArray(object.metadata['finalizers']) ? (object.metadata['finalizers'] as string[]) : [];
    if (finalizers.includes(detachFinalizer)) return;
    const metadata = { resourceVersion: object.metadata.resourceVersion, finalizers: [...finalizers, detachFinalizer] };
    await api.mergePatch(path, { metadata }, this.signal());
  }

  /** @returns the holds that the status tells of; undefined where this replica has no say in it */
  private async writeStatus(api: KubeClient): Promise<readonly Hold[] | undefined> {
    const { member } = this;
    let told: readonly Hold[] | undefined;
    const make = (standing: MemberClusterStatus | undefined): MemberClusterStatus => {
      // What another session has seen is not taken off by one that has not.
      member.recall(standing);
      told = member.sessionFacts().holds;
      return this.statusOver(standing);
    };
    const change = await this.status.write(make, api, () => this.signal());
    if (change) this.tellTransitions(change.before, change.after);
    return told;
  }

  private statusOver(before: MemberClusterStatus | undefined): MemberClusterStatus {
    const { member } = this;
    const facts = member.sessionFacts();
    const isAdmitted = this.deps.fleet.admission(member.name)?.admitted === true;
    const known = this.isUnheard(before) ? before : undefined;
    const status: MemberClusterStatus = {
      observedGeneration: member.record.generation,
      state: member.record.isDetaching ? 'Detaching' : (known?.state ?? facts.state),
      ...without({
        kubernetesVersion: facts.version ?? before?.kubernetesVersion,
        lastSyncTime: facts.lastSyncAt ? rfc3339(facts.lastSyncAt) : before?.lastSyncTime,
      }),
      ...this.identity(before, isAdmitted),
      counts: this.counts(before, known),
      ...(facts.holds.length > 0 && { holds: facts.holds.map((hold) => toldHold(hold, member.doubtedBy(hold))) }),
      ...(known ? without({ withheld: known.withheld }) : this.withheld()),
      ...without({ acknowledged: member.acknowledged }),
      conditions: this.conditions(before, known !== undefined),
    };
    return isSameButTime(before, status) ? { ...status, ...without({ lastSyncTime: before?.lastSyncTime }) } : status;
  }

  /**
   * Whether nothing was found out about the member since this replica took it over: then what its holder before said of it is the best that is
   * known, and is not unsaid only to be said again.
   */
  private isUnheard(before: MemberClusterStatus | undefined): boolean {
    const { state, problem } = this.member.sessionFacts();
    const isAdmitted = this.deps.fleet.admission(this.member.name)?.admitted === true;
    return before?.state !== undefined && before.state !== 'Detaching' && isAdmitted && state === 'Connecting' && !problem;
  }

  private conditions(before: MemberClusterStatus | undefined, isUnheard: boolean): NonNullable<MemberClusterStatus['conditions']> {
    const { member } = this;
    const { fleet } = this.deps;
    const facts = member.sessionFacts();
    const admission = fleet.admission(member.name) ?? {
      admitted: false as const,
      reason: 'Pending',
      message: 'the MemberCluster was not looked at yet',
    };
    const wanted = memberConditions({
      admission: admission.admitted && member.otherWriter ? { admitted: false, ...member.otherWriter } : admission,
      state: member.record.isDetaching ? 'Detaching' : facts.state,
      problem: facts.problem,
      holds: facts.holds,
      aws: member.aws,
      contestedGroups: member.contestedGroups(),
      throttledKinds: facts.throttledKinds,
      unwritable: [...member.unwritable],
    });
    const standing = before?.conditions ?? [];
    const isKept = (type: string) =>
      standing.some((c) => c.type === type) &&
      ((isUnheard && heardTypes.has(type)) || (type === conditionTypes.awsAuthorized && admission.admitted && !member.aws));
    const news = wanted.filter(({ type }) => !isKept(type));
    const conditions = mergeConditions(standing, news, member.record.generation, new Date()) ?? standing;
    return conditions.map((c) => ({ ...c }));
  }

  /** What the cluster was when it joined is written once, as soon as it is known who it is. */
  private identity(before: MemberClusterStatus | undefined, isAdmitted: boolean): Pick<MemberClusterStatus, 'identity'> {
    if (before?.identity) return { identity: before.identity };
    const { uid } = this.member.sessionFacts();
    const place = this.deps.fleet.placeOf(this.member.name);
    return uid !== undefined && place && isAdmitted ? { identity: { uid, ...place } } : {};
  }

  private counts(
    before: MemberClusterStatus | undefined,
    known: MemberClusterStatus | undefined,
  ): NonNullable<MemberClusterStatus['counts']> {
    const { member } = this;
    return {
      exports: [...member.exports()].length,
      policies: member.policies()?.length ?? known?.counts?.policies ?? 0,
      targetGroups: this.deps.groupCount(member) ?? before?.counts?.targetGroups ?? 0,
      withheld: known?.counts?.withheld ?? this.withheldItems().length,
    };
  }

  private withheld(): Pick<MemberClusterStatus, 'withheld'> {
    const items = this.withheldItems();
    const acknowledgementId = this.member.acknowledgementId();
    if (items.length === 0 && acknowledgementId === undefined) return {};
    const shown = items.toSorted((a, b) => (`${a.targetGroup} ${a.step}` < `${b.targetGroup} ${b.step}` ? -1 : 1)).slice(0, shownWithheld);
    return {
      withheld: {
        ...(acknowledgementId !== undefined && { acknowledgementId }),
        count: items.length,
        ...(shown.length > 0 && { items: shown }),
      },
    };
  }

  /** The steps that are held back, and the deletions that would follow from what a hold keeps from being taken for gone. */
  private withheldItems(): readonly WithheldItem[] {
    const steps = Array.from(this.member.withheld(), ({ step, reason, release }): WithheldItem => {
      return { step: step.kind, targetGroup: step.group, reason, release };
    });
    const deleted = new Set(steps.filter(({ step }) => step === 'delete').map(({ targetGroup }) => targetGroup));
    for (const { group, reason } of this.member.groupsInDoubt()) {
      if (!deleted.has(group)) steps.push({ step: 'delete', targetGroup: group, reason, release: 'by the acknowledgement of a person' });
    }
    return steps;
  }

  private tellTransitions(before: MemberClusterStatus | undefined, after: MemberClusterStatus): void {
    const isAdmitted = after.conditions?.find((c) => c.type === 'Admitted')?.status === 'True';
    // Of a cluster that is not admitted its state tells nothing; why it is not is told below.
    if (before?.state !== after.state && after.state && (isAdmitted || after.state === 'Detaching')) {
      const isBad = after.state === 'Unreachable' || after.state === 'Stale';
      const synced = after.conditions?.find((c) => c.type === 'Synced');
      this.tellHub(isBad ? 'Warning' : 'Normal', after.state, synced?.message ?? after.state);
    }
    for (const condition of after.conditions ?? []) {
      const known = before?.conditions?.find((c) => c.type === condition.type);
      const isWorse = condition.status === (condition.type === 'Contested' ? 'True' : 'False');
      if (isWorse && (known?.status !== condition.status || known.reason !== condition.reason) && condition.type !== 'Synced') {
        this.tellHub('Warning', condition.reason, condition.message);
      }
    }
    const needed = after.withheld?.acknowledgementId;
    if (needed !== undefined && needed !== before?.withheld?.acknowledgementId) {
      const what = after.holds?.map((hold) => hold.message).join('; ') || `${after.withheld?.count} steps are withheld`;
      this.tellHub('Warning', 'AcknowledgementNeeded', `${what}. To release it: lattice-hub cluster acknowledge ${this.member.name}`);
    }
  }

  /** @param told the holds that the MemberCluster tells of: a word is published only as long as those are what is held */
  private async publishWord(told: readonly Hold[], api: KubeClient): Promise<void> {
    const { member } = this;
    const facts = member.sessionFacts();
    // Whoever reads in the snapshot what is left after a restore, and of no hold, would take it for all that there ever was.
    if (!sameHolds(told, facts.holds)) return this.debounced.touch();
    const published = this.deps.fleet.published(member.name);
    // What is not whole is not published: the others would take what is missing for gone. How its groups follow a policy is theirs to know all the same.
    const isWhole = facts.state === 'Synced' || !member.session.wasReadWhole;
    const last = isWhole ? undefined : published.read();
    const word = isWhole ? member.word(new Date()) : last && withProgress(last, member.exportSummaries(new Date()));
    if (word) await this.publisher.publish(word, api, this.signal(), published);
  }

  /** The conditions of exports, on the exports themselves, where their CRD has a status to write. */
  private async writeExports(): Promise<void> {
    const { member } = this;
    const { api } = member.session;
    if (api !== this.lastClient) {
      this.lastClient = api;
      this.isExportStatusServed = true;
      member.unwritable.delete('conditions of exports');
    }
    if (!api || !this.isAdmitted || member.sessionFacts().state !== 'Synced') return;
    const summaries = member.exportSummaries(new Date());
    for (const event of this.news.of(summaries)) this.tell(event);
    for (const summary of summaries) {
      if (!this.isExportStatusServed || member.unwritable.has('conditions of exports')) return;
      const record = member.objects.exports.get(`${summary.namespace}/${summary.name}`);
      const conditions = record && mergeConditions(record.conditions, summary.conditions, record.generation, new Date());
      if (!conditions) continue;
      const path = `${pathOf(ServiceExportResource, summary.namespace, summary.name)}/status`;
      await api.mergePatch(path, { status: { conditions } }, this.signal()).catch((error: unknown) => this.exportNotWritten(error));
    }
  }

  /** Upstream's ServiceExport CRD has no status subresource: then there is nothing to show there, and nothing wrong. */
  private exportNotWritten(error: unknown): void {
    if (error instanceof KubeError && error.kind === 'notServed') this.isExportStatusServed = false;
    else if (!(error instanceof KubeError) || error.kind !== 'notFound') this.notWritable('conditions of exports', error);
  }

  private notWritable(what: string, error: unknown): void {
    if (error instanceof KubeError && error.kind === 'forbidden') {
      this.member.unwritable.add(what);
      this.touch();
      return;
    }
    this.deps.logger.debug({ cluster: this.member.name, what, error }, 'something could not be shown in a member');
  }

  private signal(): AbortSignal {
    return AbortSignal.timeout(this.deps.callTimeoutMs);
  }
}

function rfc3339(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** What conditions tell of that only the member itself can be asked about. */
const heardTypes: ReadonlySet<string> = new Set([
  conditionTypes.reachable,
  conditionTypes.synced,
  conditionTypes.credentialsValid,
  conditionTypes.writable,
  conditionTypes.withinLimits,
]);

/** Without the fields that have no value. */
function without<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** When a member was last read whole is told along with what else is new, and not for itself. */
function isSameButTime(before: MemberClusterStatus | undefined, after: MemberClusterStatus): boolean {
  return before?.lastSyncTime !== undefined && isDeepStrictEqual({ ...before, lastSyncTime: '' }, { ...after, lastSyncTime: '' });
}
