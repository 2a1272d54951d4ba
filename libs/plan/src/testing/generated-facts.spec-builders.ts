import { hubTags } from '@hub/api';
import type {
  DesiredTargets,
  EffectivePolicy,
  Evidence,
  ExportedService,
  ExportedSlot,
  Hold,
  MemberFacts,
  ObservedTarget,
  ObservedTargetGroup,
  PolicySettings,
  Slot,
  TargetGroupShape,
} from '@hub/model';
import * as fc from 'fast-check';
import { desiredTargetGroup, protocolOf } from '../desired-target-group.js';
import { fillHealthCheck } from '../health-check.js';
import type { ExportKnowledge, TargetGroupFacts } from '../plan-target-group.js';
import { targetGroupName } from '../target-group-name.js';
import { targetGroupTags } from '../target-group-tags.js';
import { aPolicy, arnOf, confirmationMs, evidence, hubId, now, place, used } from './facts.spec-builders.js';

// Facts as they could be, well or badly: whatever a member, AWS and people can have done to the export shop/web of the cluster a.

const ips = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const ports = [8080, 9090];

export const settings: fc.Arbitrary<PolicySettings> = fc
  .record({
    protocol: fc.constantFrom(undefined, 'HTTP', 'HTTPS', 'TCP'),
    protocolVersion: fc.constantFrom(undefined, 'HTTP1', 'HTTP2', 'GRPC'),
    healthCheck: fc.constantFrom(undefined, {}, { path: '/a' }, { enabled: true, protocol: 'HTTPS', port: 9090 }, { port: 81 }),
  } as const)
  .map((asked) => (asked.protocol === 'TCP' ? { ...asked, protocolVersion: undefined } : asked));

const policyOf = (asked: PolicySettings): EffectivePolicy => aPolicy().asking(asked).inForce();
export const knownPolicy: fc.Arbitrary<EffectivePolicy> = fc.oneof(fc.constant<EffectivePolicy>({ kind: 'none' }), settings.map(policyOf));
const anyPolicy: fc.Arbitrary<EffectivePolicy> = fc.oneof(
  knownPolicy,
  fc.constant(aPolicy().edited().invalid().inForce()),
  fc.constant<EffectivePolicy>({ kind: 'unknown', message: 'nothing is known of b' }),
);

const anyEvidence: fc.Arbitrary<Evidence> = fc.constantFrom(...Object.values(evidence));
const sure: fc.Arbitrary<Evidence> = fc.constantFrom<Evidence>(evidence.event, evidence.twoLists);

const addresses = fc.uniqueArray(fc.record({ ip: fc.constantFrom(...ips), port: fc.constantFrom(...ports) }), {
  selector: (t) => `${t.ip} ${t.port}`,
});

const exactTargets = (emptiness: fc.Arbitrary<Evidence>): fc.Arbitrary<DesiredTargets> =>
  fc.record({ kind: fc.constant('exact' as const), targets: addresses, emptiness });
const atMostTargets: fc.Arbitrary<DesiredTargets> = fc.record({
  kind: fc.constant('atMost' as const),
  addresses: fc.subarray(ips).map((some) => new Set(some)),
  emptiness: anyEvidence,
});

function slotShape(slot: Slot): fc.Arbitrary<Omit<ExportedSlot, 'targets'>> {
  const routeTypes = slot === 'legacy' ? (['HTTP'] as const) : (['HTTP', 'GRPC', 'TLS'] as const);
  return fc.constantFrom(...routeTypes).map((routeType) => ({ slot, port: 80, routeType }));
}

interface ExportOptions {
  readonly slot: Slot;
  readonly targets: fc.Arbitrary<DesiredTargets>;
  readonly families: readonly ExportedService['ipFamily'][];
  readonly slots: 'asked for' | 'anything';
}

function exportedOf({ slot, targets, families, slots }: ExportOptions): fc.Arbitrary<ExportedService> {
  const asked = fc.tuple(slotShape(slot), targets).map(([shape, desired]): ExportedService['slots'] => [{ ...shape, targets: desired }]);
  const shapes = slots === 'asked for' ? asked : fc.oneof({ weight: 6, arbitrary: asked }, fc.constant(undefined), fc.constant([]));
  return fc.record({ slots: shapes, endpoints: atMostTargets, ipFamily: fc.constantFrom(...families) }).map((parts) => ({
    namespace: 'shop',
    name: 'web',
    uid: 'uid',
    generation: 1,
    service: 'web',
    tags: {},
    problems: [],
    ...parts,
  }));
}

export interface GeneratedGroup {
  /** What AWS has. */
  readonly group: ObservedTargetGroup;
  /** What the hub knows of it by itself: nothing, or everything since then. */
  readonly readAtMs: number | undefined;
}

const observedTargets: fc.Arbitrary<readonly ObservedTarget[]> = addresses.chain((some) =>
  fc.tuple(
    ...some.map((target) =>
      fc.constantFrom<ObservedTarget['status']>('HEALTHY', 'UNUSED', 'DRAINING').map((status) => ({ ...target, status })),
    ),
  ),
);

/** A group of shop/web that some policy made for a slot, whatever has become of it. */
function aGroupOf(
  slot: Slot,
  options: { readonly mayBeUsed: boolean; readonly statuses: readonly ObservedTargetGroup['status'][] },
): fc.Arbitrary<GeneratedGroup> {
  return fc
    .record({
      routeType: fc.constantFrom('HTTP' as const, 'GRPC' as const, 'TLS' as const),
      asked: settings,
      ipFamily: fc.constantFrom('IPV4' as const, 'IPV6' as const),
      status: fc.constantFrom(...options.statuses),
      isUsed: options.mayBeUsed ? fc.boolean() : fc.constant(false),
      targets: observedTargets,
      readAtMs: fc.constantFrom(undefined, now - 60_000, now),
      trace: fc.constantFrom('', 'a/uid', 'b/other'),
      lostTag: fc.constantFrom(undefined, hubTags.service, hubTags.policy),
    })
    .map(({ routeType, asked, ipFamily, status, isUsed, targets, readAtMs, trace, lostTag }) => {
      const shape: TargetGroupShape = { ...protocolOf({ routeType }, asked), port: 80, ipFamily, vpcId: place.vpcId };
      const identity = { hubId, place, namespace: 'shop', name: 'web', slot };
      const name = targetGroupName({ ...identity, shape });
      const all = targetGroupTags({ ...identity, service: 'web', protocolVersion: shape.protocolVersion, trace }, {});
      const tags = Object.fromEntries(Object.entries(all).filter(([key]) => key !== lostTag));
      const healthCheck = fillHealthCheck(asked.healthCheck, shape);
      // Only a group that is there has targets, or is used.
      const isThere = status === 'ACTIVE' || status === 'DELETE_FAILED';
      const life = { status, serviceArns: isThere && isUsed ? used.serviceArns : [], targets: isThere ? targets : [] };
      return { group: { ...shape, name, arn: arnOf(name), tags, healthCheck, ...life }, readAtMs };
    });
}

/** What the hub sees of a group. */
export function seen({ group, readAtMs }: GeneratedGroup): ObservedTargetGroup {
  const { healthCheck, targets, ...summary } = group;
  return readAtMs === undefined ? summary : { ...summary, ...(healthCheck && { healthCheck }), ...(targets && { targets }), readAtMs };
}

const groupsOf = (slot: Slot, options: Parameters<typeof aGroupOf>[1]): fc.Arbitrary<readonly GeneratedGroup[]> =>
  fc.uniqueArray(aGroupOf(slot, options), { maxLength: 3, selector: ({ group }) => group.name });

const since = '2026-01-01T00:00:00Z';
const holds: fc.Arbitrary<readonly Hold[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  fc.constantFrom<readonly Hold[]>(
    [{ reason: 'ClusterRestored', since, sinceMs: now, message: 'restored' }],
    [{ reason: 'KindEmptied', kind: 'ServiceExport', since, sinceMs: now, message: 'emptied' }],
    [{ reason: 'KindVanished', kind: 'TargetGroupPolicy', since, sinceMs: now, message: 'vanished' }],
    [{ reason: 'KindEmptied', kind: 'EndpointSlice', since, sinceMs: now, message: 'emptied' }],
  ),
);

const anyMember: fc.Arbitrary<MemberFacts> = fc
  .record({
    state: fc.oneof(
      { weight: 4, arbitrary: fc.constant<MemberFacts['state']>('Synced') },
      fc.constantFrom<MemberFacts['state']>('Connecting', 'Stale', 'Unreachable', 'Detaching'),
    ),
    paused: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    holds,
    takesNothingAwayUntilMs: fc.constantFrom(0, 0, 0, now, now + 1),
    isRefused: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  })
  .map(({ isRefused, ...facts }) => ({
    cluster: 'a',
    place,
    ...facts,
    ...(isRefused && { refusal: { reason: 'ControllerPresent', release: 'remove it' } }),
  }));

const anyExport = (slot: Slot): fc.Arbitrary<ExportKnowledge> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: exportedOf({
        slot,
        targets: fc.oneof(exactTargets(anyEvidence), atMostTargets),
        families: ['IPV4', 'IPV6', undefined],
        slots: 'anything',
      }).map((exported): ExportKnowledge => ({ kind: 'live', exported })),
    },
    fc.constant<ExportKnowledge>({ kind: 'unread' }),
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('absent' as const), evidence: anyEvidence, endpoints: atMostTargets }) },
  );

function keyOf(slot: Slot): TargetGroupFacts['key'] {
  return { cluster: 'a', namespace: 'shop', name: 'web', slot };
}

/** Facts of whatever kind, in which little is as it should be. */
const looseFacts: fc.Arbitrary<TargetGroupFacts> = fc.constantFrom<Slot>('80', 'legacy').chain((slot) =>
  fc
    .record({
      member: anyMember,
      export: anyExport(slot),
      policy: anyPolicy,
      groups: groupsOf(slot, {
        mayBeUsed: true,
        statuses: ['ACTIVE', 'ACTIVE', 'ACTIVE', 'CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_FAILED'],
      }),
      contested: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
      deletionsLeft: fc.integer({ min: 0, max: 2 }),
      areAcknowledged: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    })
    .map(({ groups, areAcknowledged, ...facts }) => ({
      key: keyOf(slot),
      nowMs: now,
      hubId,
      observed: groups.map(seen),
      freshSinceMs: now - 5,
      confirmationMs,
      acknowledged: new Set(areAcknowledged ? groups.map(({ group }) => group.arn) : []),
      paid: new Set(),
      ...facts,
    })),
);

/** Facts of a member that is Synced, about which everything is known for sure, and nothing is against. */
export const settledFacts: fc.Arbitrary<{ readonly facts: TargetGroupFacts; readonly groups: readonly GeneratedGroup[] }> = fc
  .constantFrom<Slot>('80', 'legacy')
  .chain((slot) =>
    fc
      .record({
        export: fc.oneof(
          {
            weight: 4,
            arbitrary: exportedOf({ slot, targets: exactTargets(sure), families: ['IPV4', 'IPV6'], slots: 'asked for' }).map(
              (exported): ExportKnowledge => ({ kind: 'live', exported }),
            ),
          },
          fc.record({ kind: fc.constant('absent' as const), evidence: sure, endpoints: atMostTargets }),
        ),
        policy: knownPolicy,
        groups: groupsOf(slot, {
          mayBeUsed: true,
          statuses: ['ACTIVE', 'CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_FAILED'],
        }),
      })
      .map(({ groups, export: knowledge, policy }) => ({
        groups,
        facts: {
          key: keyOf(slot),
          nowMs: now,
          hubId,
          member: { cluster: 'a', place, state: 'Synced', paused: false, holds: [], takesNothingAwayUntilMs: 0 },
          export: withConfirmedEndpoints(knowledge),
          policy,
          observed: groups.map(seen),
          freshSinceMs: now - 5,
          contested: false,
          confirmationMs,
          deletionsLeft: 100,
          acknowledged: new Set<string>(),
          paid: new Set<string>(),
        },
      })),
  );

function withConfirmedEndpoints(knowledge: ExportKnowledge): ExportKnowledge {
  return knowledge.kind === 'absent' ? { ...knowledge, endpoints: { ...knowledge.endpoints, emptiness: evidence.event } } : knowledge;
}

/** An export that asks for other targets, or one whose end is known in another way. */
function knownBy(knowledge: ExportKnowledge, targets: DesiredTargets): ExportKnowledge {
  if (knowledge.kind === 'absent') return { ...knowledge, evidence: targets.emptiness };
  if (knowledge.kind !== 'live') return knowledge;
  const slots = knowledge.exported.slots?.map((slot) => ({ ...slot, targets }));
  return { kind: 'live', exported: { ...knowledge.exported, slots } };
}

/**
 * Facts of a replacement under way, or of an end: nothing is against taking away but the budget, everything was read just now, and the group that
 * must be is there, filled or not, beside others.
 */
const endingFacts: fc.Arbitrary<TargetGroupFacts> = fc
  .record({
    settled: settledFacts,
    desired: exactTargets(anyEvidence),
    targets: observedTargets,
    deletionsLeft: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ settled: { facts, groups }, desired, targets, deletionsLeft }) => {
    const knowledge = knownBy(facts.export, desired);
    const made = wantedGroup({ ...facts, export: knowledge }, targets);
    const others = groups.map((each) => seen({ ...each, readAtMs: now })).filter((group) => group.name !== made?.name);
    return { ...facts, export: knowledge, deletionsLeft, observed: [...(made ? [made] : []), ...others] };
  });

function wantedGroup(facts: TargetGroupFacts, targets: readonly ObservedTarget[]): ObservedTargetGroup | undefined {
  const exported = facts.export.kind === 'live' ? facts.export.exported : undefined;
  const slot = exported?.slots?.[0];
  if (!exported || !slot) return undefined;
  const desired = desiredTargetGroup({ hubId, place, exported, slot, policy: facts.policy, model: undefined });
  if (desired.kind !== 'spec') return undefined;
  return { ...desired.spec, arn: arnOf(desired.spec.name), status: 'ACTIVE', serviceArns: [], targets, readAtMs: now };
}

/** Facts of whatever kind. */
export const anyFacts: fc.Arbitrary<TargetGroupFacts> = fc.oneof(looseFacts, endingFacts);
