import type { ToldHold } from './checks/holds.js';
import type { ChaosFleet } from './fleet/chaos-fleet.js';
import type { ChaosMember } from './fleet/member.js';
import { until } from '../fixtures/until.js';
import { replaced, type World } from './world.js';

/** What a person has let go, and by which words the hub had asked for it. */
export interface Acknowledged {
  readonly member: string;
  readonly reasons: readonly string[];
}

/** What the hub says about what it holds back of a member. */
interface Withheld {
  readonly acknowledgementId?: string;
  readonly count?: number;
  readonly items?: readonly { readonly step: string; readonly targetGroup: string; readonly reason: string }[];
}

/** An operator who looks at what the hub says, and answers by the REST API. */
export class Person {
  readonly acknowledged: Acknowledged[] = [];

  constructor(
    private readonly fleet: ChaosFleet,
    private readonly world: World,
    /** Hears what a person lets go of a member: the names of target groups, and holds. */
    private readonly letGo: (member: string, groups: readonly string[], holds: readonly ToldHold[]) => void,
    private readonly tell: (line: string) => void,
  ) {}

  /** What is held back of a member, as its MemberCluster names it. */
  withheld(member: ChaosMember): Withheld {
    return (this.fleet.memberCluster(member.name)?.status?.withheld ?? {}) as Withheld;
  }

  /** The names of the holds on a member. */
  holds(member: ChaosMember): readonly string[] {
    return this.toldHolds(member).map((hold) => hold.reason);
  }

  /** The holds on a member, as its MemberCluster has them. */
  toldHolds(member: ChaosMember): readonly ToldHold[] {
    return (this.fleet.memberCluster(member.name)?.status?.holds ?? []) as readonly ToldHold[];
  }

  /** Lets go what waits for a person, if anything does. */
  async acknowledge(member: ChaosMember): Promise<void> {
    const { acknowledgementId, items = [] } = this.withheld(member);
    if (acknowledgementId === undefined) return;
    const holds = this.holds(member);
    const reasons = [...new Set([...holds, ...items.map((item) => item.reason)])];
    // From now on it may go: whether the answer arrives or not.
    this.world.release(member, holds);
    this.letGo(
      member.name,
      items.map(({ targetGroup }) => targetGroup),
      this.toldHolds(member),
    );
    const { status } = await this.fleet
      .call('POST', `/api/v1/clusters/${member.name}/acknowledgement`, { id: acknowledgementId })
      .catch(() => ({ status: 0 }));
    this.tell(`     ${member.name}: ${acknowledgementId} of ${reasons.join(', ')} is acknowledged: ${status}`);
    if (status === 202) this.acknowledged.push({ member: member.name, reasons });
  }

  /** Takes a member out, keeping its groups, and registers the cluster that answers at its address now. */
  async rejoin(member: ChaosMember): Promise<void> {
    // Who looks at it may have been started a moment ago.
    await this.fleet.ready();
    await until(
      `${member.name} is seen to be another one`,
      () => {
        const synced = (this.fleet.memberCluster(member.name)?.status?.conditions ?? []).find((c: { type: string }) => c.type === 'Synced');
        return synced?.reason === 'IdentityChanged' ? undefined : JSON.stringify(synced);
      },
      30_000,
    );
    await until(`${member.name} is being detached`, async () => {
      const { status } = await this.fleet.call('DELETE', `/api/v1/clusters/${member.name}?onDetach=Keep`);
      return status === 202 ? undefined : `${status}`;
    });
    await until(`${member.name} is detached`, () => (this.fleet.memberCluster(member.name) ? 'there still' : undefined), 30_000);
    this.world.release(member, [replaced]);
    await until(`${member.name} is registered`, async () => {
      try {
        await this.fleet.register(member);
        return undefined;
      } catch (error) {
        return String(error);
      }
    });
  }
}
