import { hubTags } from '@hub/api';
import type {
  DesiredTargets,
  EffectivePolicy,
  Evidence,
  ExportedService,
  ExportedSlot,
  MemberFacts,
  ObservedTarget,
  ObservedTargetGroup,
  Place,
  Plan,
  Policy,
  PolicySettings,
  Slot,
  Step,
  Target,
} from '@hub/model';
import { planTargetGroup, type TargetGroupFacts } from '../plan-target-group.js';

/** When the tests happen, in ms of a clock that nobody has. */
export const now = 1_000_000;
export const confirmationMs = 60_000;
export const hubId = 'hub-1';
export const place: Place = { accountId: '111111111111', region: 'us-west-2', vpcId: 'vpc-0123456789abcdef0', clusterName: 'a' };

/** How an absence is known: by an event, by one LIST, by two that are far enough apart. */
export const evidence = {
  event: { by: 'event' },
  oneList: { by: 'lists', firstMs: now - 10, lastMs: now - 10 },
  twoListsTooClose: { by: 'lists', firstMs: now - confirmationMs + 1, lastMs: now },
  twoLists: { by: 'lists', firstMs: now - confirmationMs, lastMs: now },
} as const satisfies Record<string, Evidence>;

export function aMember(facts: Partial<MemberFacts> = {}): MemberFacts {
  return { cluster: 'a', place, state: 'Synced', paused: false, holds: [], takesNothingAwayUntilMs: 0, ...facts };
}

/** `10.0.0.1` on port 8080, and so on. */
export function targets(...ips: readonly string[]): readonly Target[] {
  return ips.map((ip) => ({ ip, port: 8080 }));
}

export function exactly(...ips: readonly string[]): DesiredTargets {
  return { kind: 'exact', targets: targets(...ips), emptiness: evidence.event };
}

export function atMost(...ips: readonly string[]): DesiredTargets {
  return { kind: 'atMost', addresses: new Set(ips), emptiness: evidence.event };
}

/** The export shop/web, with one HTTP group on port 80 for 10.0.0.1 and 10.0.0.2. */
export class ExportBuilder {
  private exported: ExportedService = {
    namespace: 'shop',
    name: 'web',
    uid: 'export-uid',
    generation: 1,
    service: 'web',
    slots: [{ slot: '80', port: 80, routeType: 'HTTP', targets: exactly('10.0.0.1', '10.0.0.2') }],
    endpoints: atMost('10.0.0.1', '10.0.0.2'),
    ipFamily: 'IPV4',
    tags: {},
    problems: [],
  };

  ofPort(port: number, routeType: ExportedSlot['routeType'] = 'HTTP'): this {
    return this.withSlot({ slot: `${port}`, port, routeType, targets: exactly('10.0.0.1', '10.0.0.2') });
  }

  withSlot(slot: ExportedSlot): this {
    return this.with({ slots: [slot] });
  }

  /** The targets of its one slot; the Service has no others. */
  withTargets(...ips: readonly string[]): this {
    return this.withDesired(exactly(...ips));
  }

  /** No targets at all, and how that is known. */
  withoutTargets(emptiness: Evidence): this {
    return this.withDesired({ kind: 'exact', targets: [], emptiness });
  }

  withDesired(desired: DesiredTargets): this {
    const [slot] = this.exported.slots ?? [];
    const addresses = desired.kind === 'exact' ? new Set(desired.targets.map((t) => t.ip)) : desired.addresses;
    const endpoints: DesiredTargets = { kind: 'atMost', addresses, emptiness: desired.emptiness };
    return this.with({ endpoints, ...(slot && { slots: [{ ...slot, targets: desired }] }) });
  }

  /** The Service is missing, and these are the addresses of the slices that are left of it. */
  withoutService(...ips: readonly string[]): this {
    const problems = [{ reason: 'NoService', message: 'Service shop/web is missing' }] as const;
    return this.withDesired(atMost(...ips)).with({ ipFamily: undefined, problems });
  }

  with(fields: Partial<ExportedService>): this {
    this.exported = { ...this.exported, ...fields };
    return this;
  }

  build(): ExportedService {
    return this.exported;
  }
}

export function anExport(): ExportBuilder {
  return new ExportBuilder();
}

/** The policy shop/policy on the ServiceExport shop/web, in the member a. */
export class PolicyBuilder {
  private policy: Policy = {
    origin: { tier: 'member', cluster: 'a' },
    namespace: 'shop',
    name: 'policy',
    uid: 'uid',
    generation: 1,
    createdAtMs: 1000,
    target: { kind: 'ServiceExport', name: 'web' },
    settings: { valid: true, settings: {} },
  };

  /** Its name, and its UID after it. */
  named(name: string): this {
    return this.with({ name, uid: `${name}-uid` });
  }

  inCluster(cluster: string): this {
    return this.with({ origin: { tier: 'member', cluster } });
  }

  inHub(): this {
    return this.with({ origin: { tier: 'hub' } });
  }

  onExport(name: string): this {
    return this.with({ target: { kind: 'ServiceExport', name } });
  }

  onService(name: string): this {
    return this.with({ target: { kind: 'Service', name } });
  }

  createdAt(createdAtMs: number): this {
    return this.with({ createdAtMs });
  }

  asking(settings: PolicySettings): this {
    return this.with({ settings: { valid: true, settings } });
  }

  /** Invalid from its first day. */
  invalid(message = 'it makes no sense'): this {
    return this.with({ settings: { valid: false, message } });
  }

  /** Edited once into what it is now. */
  edited(): this {
    return this.with({ generation: 2 });
  }

  with(fields: Partial<Policy>): this {
    this.policy = { ...this.policy, ...fields };
    return this;
  }

  build(): Policy {
    return this.policy;
  }

  /** As the one that holds. */
  inForce(): EffectivePolicy {
    const { policy } = this;
    if (!policy.settings.valid) return { kind: 'invalid', policy, message: policy.settings.message };
    return { kind: 'policy', policy, settings: policy.settings.settings };
  }
}

export function aPolicy(): PolicyBuilder {
  return new PolicyBuilder();
}

export const noPolicy: EffectivePolicy = { kind: 'none' };
export const unknownPolicy: EffectivePolicy = { kind: 'unknown', message: 'the policy in force stands in b, which was never read' };

/** The facts of a request for shop/web in the member a, where nothing is there yet and everything is known. */
export function factsOf(exported: ExportBuilder = anExport(), facts: Partial<TargetGroupFacts> = {}): TargetGroupFacts {
  const built = exported.build();
  const slot: Slot = built.slots?.[0]?.slot ?? 'legacy';
  return {
    key: { cluster: 'a', namespace: 'shop', name: 'web', slot },
    nowMs: now,
    hubId,
    member: aMember(),
    export: { kind: 'live', exported: built },
    policy: noPolicy,
    observed: [],
    freshSinceMs: now - 5,
    contested: false,
    confirmationMs,
    deletionsLeft: 10,
    acknowledged: new Set(),
    paid: new Set(),
    ...facts,
  };
}

/** The export is gone: that is known so, and these addresses are left of its Service. */
export function absent(known: Evidence, ...ips: readonly string[]): TargetGroupFacts['export'] {
  return { kind: 'absent', evidence: known, endpoints: atMost(...ips) };
}

/**
 * The group that facts ask for, made and filled: active, read just now, used by nobody. Whatever is different about it is named in `fields`.
 * @throws Error where the facts ask for none
 */
export function groupFor(facts: TargetGroupFacts, fields: Partial<ObservedTargetGroup> = {}): ObservedTargetGroup {
  const { steps } = planTargetGroup({ ...facts, observed: [], member: aMember() });
  const create = steps.find((step) => step.kind === 'create');
  if (!create) throw new Error('the facts ask for no group');
  const slot = facts.export.kind === 'live' ? facts.export.exported.slots?.find((s) => s.slot === facts.key.slot) : undefined;
  const wanted = slot?.targets.kind === 'exact' ? slot.targets.targets : [];
  return {
    ...create.spec,
    arn: arnOf(create.spec.name),
    status: 'ACTIVE',
    serviceArns: [],
    targets: wanted.map((target) => ({ ...target, status: 'UNUSED' })),
    readAtMs: now,
    ...fields,
  };
}

/** A group of this hub for shop/web of the member a, port 80, as it is without a policy. */
export function aGroup(fields: Partial<ObservedTargetGroup> = {}): ObservedTargetGroup {
  return groupFor(factsOf(), fields);
}

export function arnOf(name: string): string {
  return `arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/${name}`;
}

/** Targets as AWS lists them. */
export function registered(...ips: readonly string[]): readonly ObservedTarget[] {
  return targets(...ips).map((target) => ({ ...target, status: 'HEALTHY' }));
}

export const used = { serviceArns: ['arn:aws:vpc-lattice:us-west-2:111111111111:service/svc-1'] } as const;

/** A group without what is only known of one that was read by itself. */
export function unread(group: ObservedTargetGroup): ObservedTargetGroup {
  const { healthCheck: _healthCheck, targets: _targets, readAtMs: _readAtMs, ...summary } = group;
  return summary;
}

/** With its policy tag as it stands after a policy of that trace. */
export function traced(group: ObservedTargetGroup, trace: string): ObservedTargetGroup {
  return { ...group, tags: { ...group.tags, [hubTags.policy]: trace } };
}

/** A step in a few words: what is done, and with how many or which of what. */
export function inWords(step: Step): string {
  switch (step.kind) {
    case 'register':
    case 'deregister':
      return `${step.kind} ${step.targets.map((t) => t.ip).join(' ')}`;
    case 'delete':
      return `delete ${step.why}`;
    case 'tag':
      return `tag ${Object.keys(step.tags).toSorted().join(' ')}`;
    case 'create':
    case 'update':
      return step.kind;
  }
}

export function stepsOf(plan: Plan): readonly string[] {
  return plan.steps.map(inWords);
}

/** What is held back, with its reason. */
export function withheldOf(plan: Plan): readonly string[] {
  return plan.withheld.map(({ step, reason }) => `${inWords(step)}: ${reason}`);
}
