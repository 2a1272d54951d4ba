import type { Member } from '@hub/fleet';
import { LatticeApi, LatticeError, TargetGroups, type AccountSession, type AccountSessions, type CallGuard } from '@hub/lattice';
import type { ObservedTargetGroup, Place, TargetGroupKey } from '@hub/model';

const accessDenied = 'AccessDenied';

/** What a member's target groups are read and written with. */
export interface MemberAccount {
  readonly api: LatticeApi;
  readonly groups: TargetGroups;
  /** Makes sure that the member's role can be assumed and leads where it was declared to lead. @throws LatticeError */
  readonly authorize: () => Promise<void>;
}

/** The AWS accounts of the members: a session by role, an inventory by account and region. */
export class Accounts {
  private readonly inventories = new Map<string, TargetGroups>();

  constructor(
    private readonly sessions: AccountSessions,
    private readonly guardOf: (member: Member) => CallGuard,
    private readonly hubId: string,
    private readonly clock: { readonly nowMs: () => number; readonly wallMs: () => number },
    private readonly standingChanged: (member: Member, isRestored: boolean) => void,
  ) {}

  /**
   * A member's account, with an inventory that was read.
   * @throws LatticeError; the member's standing tells of it
   */
  async of(member: Member, signal: AbortSignal): Promise<MemberAccount> {
    const account = this.open(member);
    if (!member.aws?.ok) await this.authorize(member, account);
    if (account.groups.ageMs === undefined) await this.refresh(member, signal);
    return account;
  }

  /**
   * Tries a role that was refused. Where it can be had but was denied a call, a listing by that role tells whether it may call now.
   * @returns this hub's groups that the listing found to be different
   * @throws LatticeError; the member's standing tells of it
   */
  async prove(member: Member, signal: AbortSignal): ReturnType<TargetGroups['refresh']> {
    await this.authorize(member, this.open(member));
    return member.aws?.ok === false ? this.refresh(member, signal) : [];
  }

  /** Reads a member's inventory anew, the tags as TargetGroups says. @returns this hub's groups that are different. @throws LatticeError */
  async refresh(member: Member, signal: AbortSignal, tags: 'all' | 'unknown' = 'all'): ReturnType<TargetGroups['refresh']> {
    const { api, groups } = this.open(member);
    try {
      const changes = await groups.refresh(api, signal, tags);
      this.noteStanding(member, undefined);
      return changes;
    } catch (error) {
      this.noteStanding(member, error);
      throw error;
    }
  }

  /** Notes on the member what an AWS answer says about its role. */
  noteStanding(member: Member, error: unknown): void {
    const standing = standingOf(error) ?? member.aws;
    if (JSON.stringify(standing) === JSON.stringify(member.aws)) return;
    // Whose calls were denied may be denied again: only a role that could not be had at all is known to be back.
    const wasWithoutRole = member.aws?.ok === false && member.aws.reason !== accessDenied;
    member.aws = standing;
    this.standingChanged(member, wasWithoutRole && standing?.ok === true);
  }

  /** What is known of the groups of a place; nothing where its inventory was never read. */
  inventory(place: Place): TargetGroups | undefined {
    return this.inventories.get(`${place.accountId}/${place.region}`);
  }

  /** This hub's groups of an export and slot in every account that a policy has made, to find one that the same policy made. */
  *tracedGroups({ namespace, name, slot }: TargetGroupKey): Generator<ObservedTargetGroup> {
    for (const groups of this.inventories.values()) yield* groups.known.tracedOf(namespace, name, slot);
  }

  /** Each member's own role is tried, whoever else reads the same account. */
  private async authorize(member: Member, account: MemberAccount): Promise<void> {
    try {
      await account.authorize();
      // That the role can be had, or was had an hour ago, says nothing of what it may do.
      if (member.aws?.ok === false && member.aws.reason === accessDenied) return;
      this.noteStanding(member, undefined);
    } catch (error) {
      this.noteStanding(member, error);
      throw error;
    }
  }

  private open(member: Member): MemberAccount {
    const { accountId, region, roleArn, externalId } = member.record.spec.aws;
    let session: AccountSession;
    try {
      session = this.sessions.session({ accountId, region, roleArn, externalId });
    } catch (error) {
      this.noteStanding(member, error);
      throw error;
    }
    const key = `${accountId}/${region}`;
    let groups = this.inventories.get(key);
    if (!groups) this.inventories.set(key, (groups = new TargetGroups(this.hubId, this.clock)));
    return { api: new LatticeApi(session, this.guardOf(member)), groups, authorize: () => session.authorize() };
  }
}

function standingOf(error: unknown): Member['aws'] {
  if (error === undefined) return { ok: true };
  if (!(error instanceof LatticeError)) return undefined;
  const reasons: Partial<Record<LatticeError['kind'], string>> = {
    denied: accessDenied,
    notAssumed: 'RoleNotAssumed',
    wrongAccount: 'WrongAccount',
  };
  const reason = reasons[error.kind];
  return reason === undefined ? undefined : { ok: false, reason, message: error.message };
}
