import { hubTags } from '@hub/api';
import type { DeletionLedgers, Fleet, Member } from '@hub/fleet';
import type { EffectivePolicy, ObservedTargetGroup, TargetGroupKey } from '@hub/model';
import { traceOf, type TargetGroupFacts } from '@hub/plan';
import type { Accounts, MemberAccount } from './accounts.js';
import type { AwaitedPolicies } from './awaited-policies.js';

/** Where the facts for a plan come from. */
export interface FactSources {
  readonly fleet: Fleet;
  readonly accounts: Accounts;
  readonly ledgers: DeletionLedgers;
  readonly awaited: AwaitedPolicies;
  readonly hubId: string;
  readonly confirmationMs: number;
  readonly nowMs: () => number;
}

export interface GatherOptions {
  /** Reads of AWS from this moment on count as fresh. */
  readonly freshSinceMs: number;
  readonly isContested: boolean;
  /** Whether the deletion ledger is read; without it nothing may be deleted. */
  readonly withLedger: boolean;
  /** Nothing is asked of AWS either: undefined where it would have to be. */
  readonly readsNothing?: boolean;
}

const withoutBudget = { deletionsLeft: 0, acknowledged: new Set<string>(), paid: new Set<string>() } as const;

/**
 * Everything that a plan for one request follows from, read now: what the member says, which policy holds, what AWS has.
 * @throws LatticeError, KubeError
 */
export async function gather(
  key: TargetGroupKey,
  member: Member,
  account: MemberAccount,
  sources: FactSources,
  { freshSinceMs, isContested, withLedger, readsNothing = false }: GatherOptions,
): Promise<TargetGroupFacts | undefined> {
  const { fleet, hubId } = sources;
  const facts = fleet.memberFacts(key.cluster);
  if (!facts) return undefined;
  const observed = account.groups.known.ofRequest(facts.place, key.namespace, key.name, key.slot);
  const service = member.serviceOf(key.namespace, key.name) ?? observed[0]?.tags[hubTags.service];
  const knowledge = fleet.exportKnowledge(key.cluster, key.namespace, key.name, service);
  const siblings = observed.length === 0 ? [...sources.accounts.tracedGroups(key)] : [];
  const holding = (traces: readonly string[]) =>
    fleet.policies.effective({ cluster: key.cluster, namespace: key.namespace, name: key.name, service, traces });
  const policy = holding([...new Set([...observed, ...siblings].map(traceIn))]);
  // In the same turn: whatever is known of the member from now on finds it here.
  sources.awaited.note(key, policy.kind === 'unknown' ? policy.origin : undefined);
  const sibling = siblings.find((group) => isModel(group, policy, holding));
  if (sibling && readsNothing) return undefined;
  const model = sibling && (await readSibling(sibling, sources, account));
  return {
    key,
    nowMs: sources.nowMs(),
    hubId,
    member: facts,
    export: knowledge,
    policy,
    observed,
    ...(model && { sibling: model }),
    freshSinceMs,
    contested: isContested,
    confirmationMs: sources.confirmationMs,
    ...(withLedger ? await budget(observed, facts, account, sources) : withoutBudget),
  };
}

/**
 * Whether a group of the same export and port in another cluster is one to go by. It is only where the policy that made it can't be read or
 * followed, and holds here too as far as that can be told.
 */
function isModel(group: ObservedTargetGroup, policy: EffectivePolicy, holding: (traces: readonly string[]) => EffectivePolicy): boolean {
  if (policy.kind === 'invalid') return traceIn(group) === traceOf(policy.policy);
  return policy.kind === 'unknown' && holding([traceIn(group)]).kind === 'unknown';
}

function traceIn({ tags }: ObservedTargetGroup): string {
  return tags[hubTags.policy] ?? '';
}

/** A sibling may be in an account that this member's role does not see: then what is remembered of it must do. */
async function readSibling(
  sibling: ObservedTargetGroup,
  sources: FactSources,
  account: MemberAccount,
): Promise<ObservedTargetGroup | undefined> {
  if (sibling.healthCheck) return sibling;
  try {
    return await account.groups.read(account.api, sibling.arn, AbortSignal.timeout(30_000));
  } catch {
    return undefined;
  }
}

async function budget(
  observed: readonly ObservedTargetGroup[],
  facts: TargetGroupFacts['member'],
  account: MemberAccount,
  { ledgers }: FactSources,
): Promise<Pick<TargetGroupFacts, 'deletionsLeft' | 'acknowledged' | 'paid'>> {
  // Nothing that is not there is deleted; the ledger is not asked about it.
  if (observed.length === 0) return withoutBudget;
  const { left, acknowledged, paid } = await ledgers.room(
    facts.place.accountId,
    facts.cluster,
    account.groups.known.countsFor(facts.place),
  );
  return { deletionsLeft: left, acknowledged, paid };
}
