import type { DeletionLedgers, Fleet, Member } from '@hub/fleet';
import type { Change, TargetGroupFacts } from '@hub/plan';
import type { Plan } from '@hub/model';
import type { Logger } from '@hub/telemetry';

export interface AcknowledgementsDeps {
  readonly fleet: Pick<Fleet, 'member'>;
  readonly ledgers: DeletionLedgers;
  readonly logger: Logger;
  /** What was withheld is to be looked at again. */
  readonly changed: (change: Change) => void;
  /** What is shown of a member is different; it is heeded again once that is shown. */
  readonly touch: (member: Member) => void;
  readonly tell: (member: Member, reason: string, note: string) => void;
}

/** How soon an acknowledgement that could not be written down is taken up again. */
const againMs = 2000;

/** Takes a person's word, once and for what it names, and gives it up for what is wanted again. */
export class Acknowledgements {
  private readonly heeding = new WeakSet<Member>();
  /** The groups of a member that need no budget by a person's word, where the ledger was read. */
  private readonly freed = new WeakMap<Member, Promise<Set<string>>>();

  constructor(private readonly deps: AcknowledgementsDeps) {}

  /**
   * A person's word counts when it names exactly what is withheld now. Who has taken the member over knows what that is only after it has gone through
   * its requests, and the word may be older. What is named by the same word later is something else: see {@link Member.acknowledgementId}.
   */
  async heed(member: Member): Promise<void> {
    const { acknowledgement, spec } = member.record;
    if (acknowledgement === undefined || acknowledgement !== member.acknowledgementId() || this.heeding.has(member)) return;
    const { ledgers, logger } = this.deps;
    const arns = member.arnsToAcknowledge();
    this.heeding.add(member);
    try {
      await ledgers.acknowledge(spec.aws.accountId, member.name, arns);
      // What came to be held while that was written is nobody's word yet.
      if (member.acknowledgementId() !== acknowledgement) throw new Error('something else is withheld by now');
      member.heed(acknowledgement, new Date());
      this.freed.delete(member);
      logger.info({ cluster: member.name, acknowledgement, arns }, 'acknowledged by a person');
      this.deps.tell(member, 'Acknowledged', `what was withheld may go (${acknowledgement})`);
      this.deps.touch(member);
      this.deps.changed({ kind: 'member', cluster: member.name });
    } catch (error) {
      logger.warn({ cluster: member.name, error }, 'an acknowledgement could not be taken yet');
      setTimeout(() => this.deps.touch(member), againMs).unref();
    } finally {
      this.heeding.delete(member);
    }
  }

  /** A request was looked at: a person's word on a group ends when the group is wanted again. */
  noteWanted(member: Member, { observed }: TargetGroupFacts, plan: Plan): void {
    if (!member.remembersAcknowledgement(Date.now()) || plan.desired === undefined) return;
    const leaving = new Set([...plan.steps, ...plan.withheld.map(({ step }) => step)].flatMap(arnOfDeletion));
    const wanted = observed.map(({ arn }) => arn).filter((arn) => !leaving.has(arn));
    if (wanted.length > 0) void this.withdraw(member, wanted);
  }

  private async withdraw(member: Member, wanted: readonly string[]): Promise<void> {
    const { accountId } = member.place;
    const { ledgers, logger } = this.deps;
    try {
      const freed = await this.freedOf(member);
      const arns = wanted.filter((arn) => freed.has(arn));
      if (arns.length === 0 || this.deps.fleet.member(member.name) !== member) return;
      await ledgers.withdraw(accountId, member.name, arns);
      for (const arn of arns) freed.delete(arn);
    } catch (error) {
      // It is tried again when the request is looked at again; until then the group is there, and wanted.
      logger.warn({ cluster: member.name, error }, 'an acknowledgement of what is wanted again could not be withdrawn yet');
    }
  }

  private freedOf(member: Member): Promise<Set<string>> {
    const known = this.freed.get(member);
    if (known) return known;
    const read = this.deps.ledgers.acknowledged(member.place.accountId, member.name).then((arns) => new Set(arns));
    this.freed.set(member, read);
    read.catch(() => this.freed.delete(member));
    return read;
  }
}

function arnOfDeletion(step: Plan['steps'][number]): readonly string[] {
  return step.kind === 'delete' ? [step.arn] : [];
}
