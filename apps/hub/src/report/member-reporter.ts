import { detachFinalizer, hubPolicyOrigin, MemberClusterResource, ServiceExportResource, type MemberClusterStatus } from '@hub/api';
import { mergeConditions, SnapshotPublisher, type EventWriter, type Fleet, type HubEvent, type Member } from '@hub/fleet';
import { KubeError, pathOf, type KubeClient } from '@hub/kube';
import { memberConditions } from '@hub/plan';
import type { Logger } from '@hub/telemetry';
import type { Turns } from '../turns.js';
import { Debounced } from './debounced.js';
import { ExportNews } from './export-news.js';

export interface MemberReporterDeps {
  readonly fleet: Fleet;
  /** Events in the hub cluster, and in the member. */
  readonly hubEvents: EventWriter;
  readonly memberEvents: EventWriter;
  readonly logger: Logger;
  /** How many groups of this hub the member has. */
  readonly groupCount: (member: Member) => number;
  /** How long several differences are gathered before they are written. */
  readonly gatherMs: number;
  readonly callTimeoutMs: number;
  /** The member was reported on: what is held back of it may be what a person has answered already. */
  readonly reported: () => void;
  /** Bounds how many members are reported on at once: more would only wait at the hub cluster, and run out of time there. */
  readonly turns: Turns;
}

type WithheldItem = NonNullable<NonNullable<MemberClusterStatus['withheld']>['items']>[number];

/** How many missing objects a hold names. */
const namedMissing = 10;

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
  private readonly news = new ExportNews(rfc3339(new Date()));
  private writtenStatus: string | undefined;
  private isExportStatusServed = true;
  private lastClient: KubeClient | undefined;

  constructor(
    private readonly member: Member,
    private readonly deps: MemberReporterDeps,
  ) {
    this.debounced = new Debounced(() => deps.turns.take(() => this.report()), deps.gatherMs, shareOfTime, mostRestMs);
    this.publisher = new SnapshotPublisher(member.name, 0);
  }

  /** Something that is shown may be different. */
  touch(): void {
    this.debounced.touch();
  }

  async stop(): Promise<void> {
    await this.debounced.stop();
  }

  /** Tells of something that happened to an object of the member, where the member lets the hub. */
  tell(event: HubEvent): void {
    const { api } = this.member.session;
    if (!api || !this.isAdmitted || this.member.unwritable.has('events')) return;
    this.deps.memberEvents.write(this.member.name, event, api, this.signal()).catch((error: unknown) => this.notWritable('events', error));
  }

  /** Tells of something that happened to the MemberCluster. */
  tellHub(type: HubEvent['type'], reason: string, note: string): void {
    const { api } = this.deps.fleet.hub;
    const { name, uid } = this.member.record;
    const regarding = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name, uid };
    if (!api) return;
    this.deps.hubEvents.write(hubPolicyOrigin, { type, reason, note, regarding }, api, this.signal()).catch((error: unknown) => {
      this.deps.logger.warn({ cluster: name, error }, 'an event could not be written');
    });
  }

  /** Nothing is written into a cluster that the hub does not work with: under another name it may do so, and say the opposite. */
  private get isAdmitted(): boolean {
    return this.deps.fleet.admission(this.member.name)?.admitted === true;
  }

  private async report(): Promise<void> {
    const { api } = this.deps.fleet.hub;
    if (!api || !this.deps.fleet.leases.isValid) return this.debounced.touch(retryMs);
    // What stands there under the name may be another member already; nothing is said about that one here.
    if (this.deps.fleet.stored(this.member.name)?.record.uid !== this.member.record.uid) return;
    try {
      await this.keepFinalizer(api);
      await this.writeStatus(api);
      await this.publishWord(api);
      await this.writeExports();
      this.deps.reported();
    } catch (error) {
      this.deps.logger.warn({ cluster: this.member.name, error }, 'a member could not be reported on');
      this.debounced.touch(retryMs);
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

  private async writeStatus(api: KubeClient): Promise<void> {
    const stored = this.deps.fleet.stored(this.member.name);
    if (!stored) return;
    const status = this.status(stored.status);
    const text = JSON.stringify(status);
    if (text === this.writtenStatus || text === JSON.stringify(ordered(stored.status))) return;
    const path = `${pathOf(MemberClusterResource, undefined, this.member.name)}/status`;
    await api.mergePatch(path, { status: statusPatch(stored.status, status) }, this.signal());
    this.tellTransitions(stored.status, status);
    this.writtenStatus = text;
  }

  private status(before: MemberClusterStatus | undefined): MemberClusterStatus {
    const { member } = this;
    const { fleet } = this.deps;
    const facts = member.sessionFacts();
    const admission = fleet.admission(member.name) ?? {
      admitted: false as const,
      reason: 'Pending',
      message: 'the MemberCluster was not looked at yet',
    };
    const state = member.record.isDetaching ? 'Detaching' : facts.state;
    const holds = facts.holds.map((hold) => ({
      reason: hold.kind ? `${hold.reason}.${hold.kind}` : hold.reason,
      since:
        before?.holds?.find((h) => h.reason === (hold.kind ? `${hold.reason}.${hold.kind}` : hold.reason))?.since ?? rfc3339(new Date()),
      message: heldText(hold.message, member.doubtedBy(hold)),
    }));
    const wanted = memberConditions({
      admission: admission.admitted && member.otherWriter ? { admitted: false, ...member.otherWriter } : admission,
      state,
      problem: facts.problem,
      holds: facts.holds,
      aws: member.aws,
      contestedGroups: member.contestedGroups(),
      throttledKinds: facts.throttledKinds,
      unwritable: [...member.unwritable],
    });
    const conditions = mergeConditions(before?.conditions ?? [], wanted, member.record.generation, new Date()) ?? before?.conditions ?? [];
    return ordered({
      observedGeneration: member.record.generation,
      state,
      ...(facts.version !== undefined && { kubernetesVersion: facts.version }),
      ...(facts.lastSyncAt && { lastSyncTime: rfc3339(facts.lastSyncAt) }),
      ...this.identity(before, admission.admitted),
      counts: this.counts(),
      ...(holds.length > 0 && { holds }),
      ...this.withheld(),
      conditions: conditions.map((c) => ({ ...c })),
    }) as MemberClusterStatus;
  }

  /** What the cluster was when it joined is written once, as soon as it is known who it is. */
  private identity(before: MemberClusterStatus | undefined, isAdmitted: boolean): Pick<MemberClusterStatus, 'identity'> {
    if (before?.identity) return { identity: before.identity };
    const { uid } = this.member.sessionFacts();
    const place = this.deps.fleet.placeOf(this.member.name);
    return uid !== undefined && place && isAdmitted ? { identity: { uid, ...place } } : {};
  }

  private counts(): NonNullable<MemberClusterStatus['counts']> {
    const { member } = this;
    return {
      exports: [...member.exports()].length,
      policies: member.policies()?.length ?? 0,
      targetGroups: this.deps.groupCount(member),
      withheld: this.withheldItems().length,
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

  private async publishWord(api: KubeClient): Promise<void> {
    const word = this.member.word(new Date());
    // What is not whole is not published: the others would take what is missing for gone.
    if (!word || (this.member.session.wasReadWhole && this.member.sessionFacts().state !== 'Synced')) return;
    await this.publisher.publish(word, api, this.signal());
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

const statusFields = [
  'observedGeneration',
  'state',
  'kubernetesVersion',
  'lastSyncTime',
  'identity',
  'counts',
  'holds',
  'withheld',
  'conditions',
] as const;

/** The fields in one order, so that texts can be compared. */
function ordered(status: MemberClusterStatus | undefined): MemberClusterStatus | undefined {
  if (!status) return undefined;
  return Object.fromEntries(statusFields.flatMap((field) => (status[field] === undefined ? [] : [[field, status[field]]])));
}

/**
 * A merge patch goes into objects: what stands there and is not said again has to be taken away by name. Who the cluster was when it joined is said
 * once and never again: what comes late would say it of the next member of that name.
 */
function statusPatch(before: MemberClusterStatus | undefined, { identity, ...after }: MemberClusterStatus): object {
  const cleared = Object.fromEntries(Object.keys(before ?? {}).flatMap((field) => (field === 'identity' ? [] : [[field, null]])));
  const joined = before?.identity === undefined && identity !== undefined ? { identity } : {};
  const { withheld } = after;
  return { ...cleared, ...after, ...joined, ...(withheld && { withheld: { acknowledgementId: null, items: null, ...withheld } }) };
}

function rfc3339(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** What a hold is about, with what a person's word would let be taken for gone. */
function heldText(message: string, doubted: readonly string[]): string {
  if (doubted.length === 0) return message;
  const more = doubted.length > namedMissing ? ` and ${doubted.length - namedMissing} more` : '';
  return `${message}; missing: ${doubted.slice(0, namedMissing).join(', ')}${more}`.slice(0, 1024);
}
