import { setTimeout as sleep } from 'node:timers/promises';
import { upstreamTags } from '@hub/api';
import type { Fleet, Member } from '@hub/fleet';
import type { InventoryChange } from '@hub/lattice';
import { formatRequest, type ObservedTargetGroup, type TargetGroupKey } from '@hub/model';
import type { Logger } from '@hub/telemetry';
import type { Urgency } from '@hub/workqueue';
import type { Accounts } from './accounts.js';
import type { FleetRequests } from './request-index.js';

/** When an inventory is read next, and how many were since all tags were read. */
interface Turn {
  dueAtMs: number;
  sinceTags: number;
}

/** So many requests are looked at in one go. */
const looksAtOnce = 25;
/** How often in the time of an inventory it is looked which accounts' turn it is. */
const turnsOfInventory = 20;
/** All tags are read once in so many inventories, in the others those that are not known yet: that listing is the larger one, and lags by minutes anyway. */
const inventoriesForTags = 10;

export interface ResyncDeps {
  readonly fleet: Fleet;
  readonly accounts: Accounts;
  readonly requests: FleetRequests;
  readonly logger: Logger;
  readonly add: (cluster: string, requests: readonly string[], urgency: Urgency) => void;
  /** Whether nothing is to be done about a request, by what is known already. */
  readonly passes: (key: TargetGroupKey, signal: AbortSignal) => Promise<boolean>;
  /** What the inventory says about who else writes there may be different. */
  readonly inventoryRead: (member: Member) => void;
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly inventoryMs: number;
  readonly resyncMs: number;
  readonly auditMs: number;
}

/**
 * What happens though nobody asks: the inventory of each account and region is read now and then, and what is different there is looked at; each
 * cluster is gone through from time to time; and in the course of an hour every group is read by itself. All jittered, and each account by itself:
 * one that does not answer holds up no other, and what is read of a large fleet is not in memory all at once.
 */
export class Resync {
  private readonly stopping = new AbortController();
  private readonly resyncedAtMs = new Map<string, number>();
  /** The inventories of the accounts and regions, and those that are being read. */
  private readonly inventories = new Map<string, Turn>();
  private readonly reading = new Map<string, Promise<void>>();
  /** Members whose role is being tried; an answer may take longer than it takes until the next inventory. */
  private readonly proving = new Set<Member>();
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: ResyncDeps) {}

  start(): void {
    this.running = Promise.all([
      this.every(this.deps.inventoryMs / turnsOfInventory, () => this.readDueInventories()),
      this.every(this.deps.resyncMs / 10, () => this.goThroughClusters()),
    ]);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await Promise.all(this.reading.values());
  }

  private async every(periodMs: number, act: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(periodMs * (0.9 + this.deps.random() * 0.2), undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await act().catch((error: unknown) => this.deps.logger.warn({ error }, 'a resync did not get through'));
    }
  }

  /** Begins to read the accounts and regions whose turn it is; who is read still is not read once more. */
  private async readDueInventories(): Promise<void> {
    const accounts = Map.groupBy(this.deps.fleet.heldMembers(), ({ record }) => `${record.spec.aws.accountId}/${record.spec.aws.region}`);
    for (const account of this.inventories.keys()) if (!accounts.has(account)) this.inventories.delete(account);
    const { random, nowMs, inventoryMs } = this.deps;
    for (const [account, members] of accounts) {
      const turn = this.inventories.get(account) ?? { dueAtMs: nowMs() + random() * inventoryMs, sinceTags: 1 };
      this.inventories.set(account, turn);
      if (nowMs() < turn.dueAtMs || this.reading.has(account)) continue;
      turn.dueAtMs = nowMs() + inventoryMs * (0.9 + random() * 0.2);
      this.reading.set(
        account,
        this.readInventory(turn, members).finally(() => this.reading.delete(account)),
      );
    }
  }

  /** One reading for all members of an account and region, with the role of whichever gets through. */
  private async readInventory(turn: Turn, members: readonly Member[]): Promise<void> {
    const tags = turn.sinceTags >= inventoriesForTags ? 'all' : 'unknown';
    for (const member of members) {
      try {
        const changes = await this.deps.accounts.refresh(member, this.stopping.signal, tags);
        turn.sinceTags = tags === 'all' ? 1 : turn.sinceTags + 1;
        this.enqueue(changes, members);
        for (const each of members) this.deps.inventoryRead(each);
        this.audit(members);
        void this.tryAgain(members);
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.deps.inventoryRead(member);
        this.deps.logger.warn({ cluster: member.name, error }, 'an inventory could not be read');
      }
    }
  }

  /** A member whose role was refused is tried by itself: it may have no work that would find out that it is not any more. */
  private async tryAgain(members: readonly Member[]): Promise<void> {
    for (const member of members) {
      if (member.aws?.ok !== false || this.proving.has(member) || this.stopping.signal.aborted) continue;
      this.proving.add(member);
      // What is refused again stands on the member.
      const changes = await this.deps.accounts.prove(member, this.stopping.signal).catch(() => []);
      this.proving.delete(member);
      this.enqueue(changes, members);
    }
  }

  private enqueue(changes: readonly InventoryChange[], members: readonly Member[]): void {
    for (const { before, after } of changes) for (const group of [before, after]) this.enqueueGroup(group, members, 'resync');
  }

  private enqueueGroup(group: ObservedTargetGroup | undefined, members: readonly Member[], urgency: Urgency): void {
    if (!group) return;
    for (const member of members) {
      const place = this.deps.fleet.placeOf(member.name);
      if (place?.vpcId !== group.vpcId || place.clusterName !== group.tags[upstreamTags.clusterName]) continue;
      const key = this.deps.requests.requestOf(member.name, group);
      if (key) this.deps.add(member.name, [formatRequest(key)], urgency);
    }
  }

  /** A share of the groups with each inventory, the longest unread first, so that each one's turn comes once in the time of an audit. */
  private audit(members: readonly Member[]): void {
    const { accounts, fleet, auditMs, inventoryMs, nowMs } = this.deps;
    for (const member of members) {
      const place = fleet.placeOf(member.name);
      const inventory = place && accounts.inventory(place);
      if (!place || !inventory) continue;
      const groups = [...inventory.known.summariesOf(place)].filter((g) => g.readAtMs !== undefined && nowMs() - g.readAtMs > auditMs / 2);
      const share = Math.ceil((groups.length * inventoryMs) / (auditMs / 2));
      const due = groups.toSorted((a, b) => (a.readAtMs ?? 0) - (b.readAtMs ?? 0)).slice(0, share);
      for (const group of due) {
        inventory.known.forget(group.arn);
        this.enqueueGroup(group, [member], 'audit');
      }
    }
  }

  private async goThroughClusters(): Promise<void> {
    const now = this.deps.nowMs();
    for (const member of this.deps.fleet.heldMembers()) {
      if (this.stopping.signal.aborted) return;
      const last = this.resyncedAtMs.get(member.name) ?? this.begin(member.name, now);
      if (now - last < this.deps.resyncMs) continue;
      this.resyncedAtMs.set(member.name, now);
      this.deps.add(member.name, await this.unsettled(member.name), 'resync');
    }
  }

  /** The requests of a cluster about which something is to be done; few, if any, so that a queue is not filled with what comes to nothing. */
  private async unsettled(cluster: string): Promise<readonly string[]> {
    const requests: string[] = [];
    let looked = 0;
    for (const key of this.deps.requests.all(cluster)) {
      // Nobody waits for this; whatever is under way goes first.
      if (looked++ % looksAtOnce === 0) await sleep(0);
      if (this.stopping.signal.aborted) return [];
      const passes = await this.deps.passes(key, this.stopping.signal).catch(() => false);
      if (!passes) requests.push(formatRequest(key));
    }
    return requests;
  }

  /** The first turn of a cluster comes at a random moment, so that they do not all come at once for ever. */
  private begin(cluster: string, nowMs: number): number {
    const at = nowMs - this.deps.random() * this.deps.resyncMs;
    this.resyncedAtMs.set(cluster, at);
    return at;
  }
}
