import { setTimeout as sleep } from 'node:timers/promises';
import { detachFinalizer, MemberClusterResource, MemberSnapshotResource } from '@hub/api';
import { snapshotName, type DeletionLedgers, type Fleet, type Member } from '@hub/fleet';
import { KubeError, pathOf, type KubeClient } from '@hub/kube';
import { placeKey, samePlace } from '@hub/model';
import { placeOf } from '@hub/plan';
import type { Logger } from '@hub/telemetry';
import type { Accounts } from '../reconcile/accounts.js';
import type { MemberReporter } from '../report/member-reporter.js';
import { removeGroups, type LeftBehind } from './remove-groups.js';

export interface DetacherDeps {
  readonly fleet: Fleet;
  readonly accounts: Accounts;
  readonly ledgers: DeletionLedgers;
  readonly logger: Logger;
  readonly reporterOf: (cluster: string) => MemberReporter | undefined;
  /** Ends the work on a member's requests, so that nothing is written beside the detach. */
  readonly quiesce: (member: Member) => Promise<void>;
  readonly nowMs: () => number;
  /** How long a detach with Remove goes on trying. */
  readonly limitMs: number;
  readonly callTimeoutMs: number;
}

const roundMs = 2000;
const deletingMs = 300;

/**
 * Ends a membership, by a person's word: with Keep everything in AWS stays as it is, with Remove this hub's groups of the cluster go. Then the
 * finalizer goes, and the MemberCluster with it.
 */
export class Detacher {
  private readonly detaching = new Set<Member>();

  constructor(private readonly deps: DetacherDeps) {}

  /** Begins, if it has not begun yet; it ends with the holding of the member. */
  begin(member: Member, signal: AbortSignal): void {
    if (this.detaching.has(member)) return;
    this.detaching.add(member);
    void this.detach(member, signal)
      .catch((error: unknown) => this.deps.logger.warn({ cluster: member.name, error }, 'a member could not be detached yet'))
      .finally(() => this.detaching.delete(member));
  }

  private async detach(member: Member, signal: AbortSignal): Promise<void> {
    const { fleet, logger, nowMs, limitMs } = this.deps;
    await this.deps.quiesce(member);
    const untilMs = nowMs() + limitMs;
    while (!signal.aborted && this.isHeld(member)) {
      try {
        // Deleting the CRD marks every MemberCluster for deletion. That is nobody's word about any of them.
        if (!(await fleet.hub.session.serves('MemberCluster'))) {
          logger.error({ cluster: member.name }, 'the MemberCluster CRD is being deleted; no member is detached for that');
        } else {
          const left = await this.removed(member, untilMs, signal);
          if (!this.isHeld(member)) return;
          await this.finish(member, left);
          return;
        }
      } catch (error) {
        logger.warn({ cluster: member.name, error }, 'a detach did not get through, it is tried again');
      }
      await sleep(roundMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Another replica that holds the member by now detaches it. */
  private isHeld(member: Member): boolean {
    return this.deps.fleet.member(member.name) === member;
  }

  /** Removes what is to be removed. @returns what stays. @throws LatticeError, KubeError where it is to be tried again */
  private async removed(member: Member, untilMs: number, signal: AbortSignal): Promise<readonly LeftBehind[]> {
    const { name, spec } = member.record;
    if (spec.onDetach !== 'Remove') return [];
    const place = this.placeIn(member);
    if (place === 'changed') return this.known(member, 'PlaceChanged');
    // What is there is another member's.
    if (place === 'never') return [];
    try {
      return await this.remove(member, untilMs, signal);
    } catch (error) {
      const isOver = this.deps.nowMs() >= untilMs && this.isHeld(member) && !signal.aborted;
      if (!isOver) throw error;
      this.deps.logger.warn({ cluster: name, error }, 'the target groups of a member could not be removed in time');
      return this.known(member, 'Failed');
    }
  }

  /** Goes through the groups until none is left that could go, or the time is up. */
  private async remove(member: Member, untilMs: number, signal: AbortSignal): Promise<readonly LeftBehind[]> {
    const { accounts, ledgers, nowMs } = this.deps;
    for (;;) {
      const account = await accounts.of(member, signal);
      const { acknowledged } = await ledgers.room(member.record.spec.aws.accountId, member.name, { ofAccount: 0, ofCluster: 0 });
      const left = await removeGroups(member, account, ledgers, { acknowledged, signal });
      const mayStillGo = left.some((group) => group.reason !== 'InUse');
      if (!mayStillGo || nowMs() >= untilMs) return left;
      const isOnlyDeleting = left.every((group) => group.reason === 'Deleting' || group.reason === 'InUse');
      if (!isOnlyDeleting) this.deps.reporterOf(member.name)?.tellHub('Warning', 'DetachWaiting', describe(left));
      await sleep(isOnlyDeleting ? deletingMs : roundMs, undefined, { signal });
    }
  }

  /** Whether what is in the place of a member is its own: one that never joined may have been refused for another that is there. */
  private placeIn({ record: { joinedAs, name, spec } }: Member): 'its own' | 'changed' | 'never' {
    if (joinedAs) return samePlace(joinedAs, placeOf(name, spec)) ? 'its own' : 'changed';
    return this.deps.fleet.admission(name)?.admitted ? 'its own' : 'never';
  }

  /** The groups of a member as far as they are known, none of which was removed. */
  private known(member: Member, reason: LeftBehind['reason']): readonly LeftBehind[] {
    const inventory = this.deps.accounts.inventory(member.place);
    if (inventory?.ageMs === undefined) return [{ name: 'whatever there is, which could not be read', arn: '', reason }];
    return Array.from(inventory.known.summariesOf(member.place), ({ name, arn }) => ({ name, arn, reason }));
  }

  private async finish(member: Member, left: readonly LeftBehind[]): Promise<void> {
    const { api } = this.deps.fleet.hub;
    if (!api) throw new KubeError('unreachable', 'there is no connection to the hub cluster');
    const how = this.whatBecame(member, left);
    const note =
      left.length === 0 ? `the cluster was detached; ${how}` : `the cluster was detached; ${how}; left behind: ${describe(left)}`;
    this.deps.reporterOf(member.name)?.tellHub(left.length === 0 ? 'Normal' : 'Warning', 'Detached', note);
    this.deps.logger.info({ cluster: member.name, onDetach: member.record.spec.onDetach, leftBehind: left }, 'member detached');
    await this.removeSnapshots(member, api);
    await this.removeFinalizer(member, api);
  }

  private whatBecame(member: Member, left: readonly LeftBehind[]): string {
    if (member.record.spec.onDetach === 'Keep') return 'its target groups stay as they are';
    const place = this.placeIn(member);
    if (place === 'never') return 'it had never been admitted, so there was nothing to remove';
    if (place === 'changed')
      return `its target groups stay where it joined, ${placeKey(member.place)}, for its spec leads elsewhere by now`;
    return left.length === 0 ? 'its target groups were removed' : 'not all of its target groups could be removed';
  }

  private async removeSnapshots(member: Member, api: KubeClient): Promise<void> {
    const parts = [...this.deps.fleet.hub.snapshots.records()].filter((record) => record.member === member.name);
    for (const { part } of parts) {
      await api.delete(pathOf(MemberSnapshotResource, undefined, snapshotName(member.name, part)), this.signal()).catch(ignoreMissing);
    }
  }

  private async removeFinalizer(member: Member, api: KubeClient): Promise<void> {
    const path = pathOf(MemberClusterResource, undefined, member.name);
    try {
      const object = await api.get(path, this.signal());
      const finalizers = (Array.isArray(object.metadata['finalizers']) ? (object.metadata['finalizers'] as string[]) : []).filter(
        (f) => f !== detachFinalizer,
      );
      await api.mergePatch(path, { metadata: { resourceVersion: object.metadata.resourceVersion, finalizers } }, this.signal());
    } catch (error) {
      ignoreMissing(error);
    }
  }

  private signal(): AbortSignal {
    return AbortSignal.timeout(this.deps.callTimeoutMs);
  }
}

function describe(left: readonly LeftBehind[]): string {
  const named = left.slice(0, 10).map((group) => `${group.name} (${group.reason})`);
  return `${named.join(', ')}${left.length > 10 ? ` and ${left.length - 10} more` : ''}`;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof KubeError) || error.kind !== 'notFound') throw error;
}
