import type { DeletionLedgers } from '@hub/fleet';
import { LatticeError } from '@hub/lattice';
import type { Step, TargetGroupKey } from '@hub/model';
import type { TargetGroupFacts } from '@hub/plan';
import type { MemberAccount } from './accounts.js';

/** What became of a plan's steps. */
export interface Applied {
  readonly done: readonly Step[];
  /** Targets that AWS would not take, in AWS's words. */
  readonly refused: readonly string[];
  /** The deletion budget had no room any more; it has a person to wait for now. */
  readonly isBudgetSpent: boolean;
}

/** A step that failed, with what was done before it. */
export class StepError extends Error {
  override readonly name = 'StepError';

  constructor(
    readonly step: Step,
    readonly done: readonly Step[],
    override readonly cause: LatticeError,
  ) {
    super(`${step.kind} of ${step.group}: ${cause.message}`, { cause });
  }
}

/**
 * Takes the steps of a plan, one AWS call each, in their order.
 * @throws StepError at the first that fails
 */
export async function apply(
  steps: readonly Step[],
  facts: TargetGroupFacts,
  account: MemberAccount,
  ledgers: DeletionLedgers,
  signal: AbortSignal,
  onDone: (step: Step, key: TargetGroupKey) => void,
): Promise<Applied> {
  const done: Step[] = [];
  const refused: string[] = [];
  const ending = new Map(steps.flatMap((step) => (step.kind === 'delete' ? [[step.arn, step]] : [])));
  for (const step of steps) {
    signal.throwIfAborted();
    try {
      const end = 'arn' in step ? ending.get(step.arn) : undefined;
      if (end) {
        ending.delete(end.arn);
        if (!(await mayEnd(end, step, facts, account, ledgers, signal))) return { done, refused, isBudgetSpent: true };
      }
      refused.push(...(await take(step, account, signal)));
    } catch (error) {
      throw error instanceof LatticeError ? new StepError(step, done, error) : error;
    }
    done.push(step);
    onDone(step, facts.key);
  }
  return { done, refused, isBudgetSpent: false };
}

/**
 * Whether a group may go, asked before the first step towards it: one that is somebody else's by now, or that there is no budget for, is not emptied
 * either. Every deletion is paid for, unless a person has acknowledged it or there never was anything.
 * @throws LatticeError of kind conflict where the group is not this hub's any more
 */
async function mayEnd(
  end: Extract<Step, { kind: 'delete' }>,
  first: Step,
  facts: TargetGroupFacts,
  account: MemberAccount,
  ledgers: DeletionLedgers,
  signal: AbortSignal,
): Promise<boolean> {
  // The deletion itself reads the tags once more.
  if (first !== end) await account.groups.requireOwn(account.api, end.arn, signal);
  if (end.why === 'createFailed' || facts.acknowledged.has(end.arn)) return true;
  const { place } = facts.member;
  if (await ledgers.spend(place.accountId, { cluster: facts.key.cluster, arn: end.arn }, account.groups.known.countsFor(place)))
    return true;
  await ledgers.exhaust(place.accountId, facts.key.cluster);
  return false;
}

async function take(step: Step, { api, groups }: MemberAccount, signal: AbortSignal): Promise<readonly string[]> {
  switch (step.kind) {
    case 'create':
      await groups.create(api, step.spec, signal);
      return [];
    case 'update':
      await groups.updateHealthCheck(api, step.arn, step.healthCheck, signal);
      return [];
    case 'tag':
      await groups.tag(api, step.arn, step.tags, signal);
      return [];
    case 'delete':
      await groups.delete(api, step.arn, signal);
      return [];
    case 'register':
    case 'deregister': {
      const { refused } = await groups[step.kind](api, step.arn, step.targets, signal);
      return refused.map(({ target, code, message }) => `${target.ip}:${target.port} ${code}: ${message}`);
    }
  }
}
