import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultHandle } from '@hub/aws-simulator';
import type { SimulatorState } from '@hub/kube-simulator';
import type { Ledger } from '../checks/ledger.js';
import { groupsOf, idOf } from '../compare.js';
import type { ChaosFleet } from '../fleet/chaos-fleet.js';
import {
  endpointSlice,
  memberDefinitions,
  networking,
  networkingVersion,
  service,
  serviceExport,
  targetGroupPolicy,
} from '../fleet/manifests.js';
import type { ChaosMember } from '../fleet/member.js';
import { until } from '../../fixtures/until.js';
import type { Person } from '../person.js';
import { replaced, type World } from '../world.js';
import type { Act } from './event.js';

/** Plays the events of a history on a fleet. Whatever makes no sense at the moment does nothing, so that any part of a history can be played. */
export class Stage {
  private readonly backups = new Map<string, { readonly state: SimulatorState; readonly resourceVersion: string }>();
  private readonly awsFaults: FaultHandle[] = [];
  private awsFaultAtMs = -Infinity;
  /** What goes wrong now. */
  private readonly troubles = new Set<string>();

  constructor(
    private readonly fleet: ChaosFleet,
    private readonly world: World,
    private readonly person: Person,
    private readonly ledger: Pick<Ledger, 'noteUse'>,
  ) {}

  /** Whether nothing goes wrong now that was made to. */
  get isCalm(): boolean {
    return this.troubles.size === 0 && this.awsFaults.every((fault) => fault.hits() >= (fault.rule.times ?? 0));
  }

  /** Ends everything that goes wrong. */
  async calm(): Promise<void> {
    const { fleet } = this;
    await fleet.redis.begin();
    await fleet.redis.client.config('SET', 'maxmemory', '0');
    fleet.aws.faults.clear();
    fleet.aws.configure({ taggingLagMs: 0 });
    for (const member of fleet.members) fleet.giveRoleBack(member);
    for (const number of fleet.replicas.keys()) fleet.hubRelay(number + 1).accept();
    for (const replica of fleet.replicas) {
      replica.resume();
      replica.start();
    }
    for (const member of fleet.members) {
      await this.heal(member);
      for (const plural of ['serviceexports', 'targetgrouppolicies'] as const) await this.bringCrd(member, plural);
    }
    await fleet.ready();
    for (const member of fleet.members) await this.rejoin(member);
    this.troubles.clear();
  }

  /** Whether something goes wrong with a member, or with any replica of the hub. */
  isTroubled(member: number): boolean {
    return [...this.troubles].some((trouble) => trouble === `member ${member}` || trouble.startsWith('hub'));
  }

  /** Whether a member or a replica can't hear, or be heard, now. */
  get isHardOfHearing(): boolean {
    return [...this.troubles].some((trouble) => trouble.startsWith('member') || trouble.startsWith('hub'));
  }

  /** Whether something goes wrong with what it takes to work on a member: its role, Redis, or AWS itself. */
  isWorkTroubled(member: number): boolean {
    const isAwsWell = this.awsFaults.every((fault) => fault.hits() >= (fault.rule.times ?? 0));
    return !isAwsWell || this.troubles.has('redis') || this.troubles.has(`role ${member}`);
  }

  /** How long ago AWS was last made to fail: a call that failed is tried again. */
  get awsFaultAgeMs(): number {
    return performance.now() - this.awsFaultAtMs;
  }

  /** Whether the hub has drawn its conclusions from what went wrong. */
  isNoticed(act: Act): boolean {
    const { fleet } = this;
    if ('replica' in act) return fleet.heldBy(fleet.replica(act.replica).identity).length === 0;
    if (act.do === 'restore') return this.person.holds(fleet.member(act.member)).includes('ClusterRestored');
    if (act.do === 'member-down' || act.do === 'member-silent' || act.do === 'member-fault' || act.do === 'recreate')
      return fleet.memberCluster(`member-${act.member}`)?.status?.state !== 'Synced';
    return true;
  }

  async play(act: Act): Promise<void> {
    const { fleet } = this;
    switch (act.do) {
      case 'export': {
        const member = fleet.member(act.member);
        member.apply(service(act.namespace, act.name));
        member.apply(endpointSlice(act.namespace, act.name, 1, act.pods));
        if (this.serves(member, 'ServiceExport')) member.apply(serviceExport(act.namespace, act.name, act.form));
        return;
      }
      case 'unexport':
        return this.remove(act.member, 'ServiceExport', act.namespace, act.name);
      case 'pods':
        return fleet.member(act.member).apply(endpointSlice(act.namespace, act.name, act.slice, act.pods));
      case 'drop-slice':
        return this.remove(act.member, 'EndpointSlice', act.namespace, `${act.name}-${act.slice}`);
      case 'service':
        return fleet.member(act.member).apply(service(act.namespace, act.name, act.form));
      case 'drop-service':
        return this.remove(act.member, 'Service', act.namespace, act.name);
      case 'policy': {
        const policy = targetGroupPolicy(act.namespace, act.name, act.target, act.setting);
        if (act.member === 0) fleet.hubCluster.objects.apply(policy, { force: true });
        else if (this.serves(fleet.member(act.member), 'TargetGroupPolicy')) fleet.member(act.member).apply(policy);
        return;
      }
      case 'drop-policy':
        return this.remove(act.member, 'TargetGroupPolicy', act.namespace, act.name);
      case 'scope':
        await fleet.call('PATCH', `/api/v1/clusters/member-${act.member}`, { policyScope: act.scope }).catch(() => undefined);
        return;
      case 'use':
        return this.use(fleet.member(act.member), `${act.namespace}/${act.name}/`);
      case 'unuse':
        for (const group of groupsOf(fleet.aws, fleet.hubId))
          if (group.serviceArns.length > 0 && idOf(group).startsWith(`member-${act.member} `)) fleet.aws.detachService(group.arn);
        return;
      case 'acknowledge':
        return this.person.acknowledge(fleet.member(act.member));
      case 'member-down':
        await fleet.member(act.member).cluster.suspend();
        break;
      case 'member-silent':
        fleet.member(act.member).relay.fallSilent();
        break;
      case 'member-cut':
        fleet.member(act.member).cluster.cutConnections();
        break;
      case 'member-compact':
        fleet.member(act.member).cluster.compact();
        fleet.member(act.member).cluster.cutConnections();
        break;
      case 'member-fault':
        fleet.member(act.member).cluster.faults.inject(act.fault);
        fleet.member(act.member).cluster.cutConnections();
        break;
      case 'member-heal':
        await this.heal(fleet.member(act.member));
        this.troubles.delete(`member ${act.member}`);
        return;
      case 'backup': {
        const { name, cluster } = fleet.member(act.member);
        this.backups.set(name, { state: cluster.checkpoint(), resourceVersion: cluster.resourceVersion });
        return;
      }
      case 'restore':
        return this.restore(fleet.member(act.member));
      case 'recreate':
        return this.recreate(fleet.member(act.member));
      case 'rejoin':
        // Whoever goes about it while the hub can't answer has to come back for it: see calm.
        return this.isCalm ? this.rejoin(fleet.member(act.member)) : undefined;
      case 'drop-crd':
        return this.dropCrd(fleet.member(act.member), act.plural);
      case 'bring-crd':
        return this.bringCrd(fleet.member(act.member), act.plural);
      case 'aws-fault': {
        const { effect, times, operations } = act;
        this.awsFaultAtMs = performance.now();
        this.awsFaults.push(fleet.aws.faults.inject({ effect, times, ...(operations && { operations }) }));
        return;
      }
      case 'aws-expire':
        return fleet.aws.expireSessions();
      case 'aws-tag-lag':
        fleet.aws.configure({ taggingLagMs: act.ms });
        if (act.ms > 0) this.troubles.add('tags');
        else this.troubles.delete('tags');
        return;
      case 'aws-role-gone':
        for (const number of act.members) fleet.takeRole(fleet.member(number));
        for (const number of act.members) this.troubles.add(`role ${number}`);
        return;
      case 'aws-role-back':
        for (const number of act.members) fleet.giveRoleBack(fleet.member(number));
        for (const number of act.members) this.troubles.delete(`role ${number}`);
        return;
      case 'redis-flush':
        await fleet.redis.client.flushall().catch(() => undefined);
        return;
      case 'redis-cut':
        await fleet.redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').catch(() => undefined);
        return;
      case 'redis-kill':
        await fleet.redis.kill();
        this.troubles.add('redis');
        return;
      case 'redis-start':
        await fleet.redis.begin();
        this.troubles.delete('redis');
        return;
      case 'redis-full':
        await fleet.redis.client.config('SET', 'maxmemory', '1').catch(() => undefined);
        this.troubles.add('redis');
        return;
      case 'redis-room':
        await fleet.redis.client.config('SET', 'maxmemory', '0').catch(() => undefined);
        this.troubles.delete('redis');
        return;
      case 'hub-kill':
        await fleet.replica(act.replica).kill();
        break;
      case 'hub-leave':
        if (fleet.replica(act.replica).isRunning) await fleet.replica(act.replica).leave();
        break;
      case 'hub-start':
        fleet.replica(act.replica).start();
        this.troubles.delete(`hub ${act.replica}`);
        return;
      case 'hub-stop':
        fleet.replica(act.replica).pause();
        break;
      case 'hub-continue':
        fleet.replica(act.replica).resume();
        this.troubles.delete(`hub ${act.replica}`);
        return;
      case 'hub-apart':
        fleet.hubRelay(act.replica).refuse();
        break;
      case 'hub-together':
        fleet.hubRelay(act.replica).accept();
        this.troubles.delete(`hub ${act.replica}`);
        return;
    }
    this.troubles.add('replica' in act ? `hub ${act.replica}` : `member ${'member' in act ? act.member : ''}`);
  }

  private remove(
    member: number,
    kind: 'ServiceExport' | 'Service' | 'EndpointSlice' | 'TargetGroupPolicy',
    namespace: string,
    name: string,
  ): void {
    const versions = {
      ServiceExport: networkingVersion,
      TargetGroupPolicy: networkingVersion,
      Service: 'v1',
      EndpointSlice: 'discovery.k8s.io/v1',
    };
    const ref = { apiVersion: versions[kind], kind, namespace, name };
    const cluster = member === 0 ? this.fleet.hubCluster : this.fleet.member(member).cluster;
    if (member > 0 && !this.serves(this.fleet.member(member), kind)) return;
    if (cluster.objects.find(ref)) cluster.objects.delete(ref);
  }

  private serves(member: ChaosMember, kind: string): boolean {
    const crds = member.cluster.objects.list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' });
    const isCustom = kind === 'ServiceExport' || kind === 'TargetGroupPolicy';
    const plural = kind === 'ServiceExport' ? 'serviceexports' : 'targetgrouppolicies';
    return !isCustom || crds.some((crd) => crd.metadata.name === `${plural}.${networking}`);
  }

  private async heal(member: ChaosMember): Promise<void> {
    member.cluster.faults.clear();
    member.relay.speak();
    if (!member.cluster.isListening) await member.cluster.resume();
  }

  private use(member: ChaosMember, start: string): void {
    const group = groupsOf(this.fleet.aws, this.fleet.hubId).find(
      (candidate) =>
        candidate.status === 'ACTIVE' && candidate.serviceArns.length === 0 && idOf(candidate).startsWith(`${member.name} ${start}`),
    );
    if (!group) return;
    this.ledger.noteUse(group.arn);
    this.fleet.aws.attachService(group.arn);
  }

  /** Whether the hub has the member's whole word now: what it does not know of it, it can't hold back. */
  private isFollowed(member: ChaosMember): boolean {
    return this.troubles.size === 0 && this.fleet.memberCluster(member.name)?.status?.state === 'Synced';
  }

  private restore(member: ChaosMember): void {
    const backup = this.backups.get(member.name);
    this.backups.delete(member.name);
    if (!backup || backup.state.clusterUid !== member.cluster.clusterUid || this.world.awaited(member).length > 0) return;
    const seen = this.world.seenAfter(member, backup.resourceVersion);
    member.restore(backup.state);
    if (seen) this.world.freeze(member, 'ClusterRestored', 'all', seen);
  }

  private async recreate(member: ChaosMember): Promise<void> {
    if (this.world.awaited(member).length > 0) return;
    this.world.freeze(member, replaced, 'all', this.world.snapshot(member));
    await member.recreate();
  }

  /** A person takes the member out and registers the cluster that answers now. */
  private async rejoin(member: ChaosMember): Promise<void> {
    if (this.world.awaited(member).some((freeze) => freeze.reason === replaced)) await this.person.rejoin(member);
  }

  private async dropCrd(member: ChaosMember, plural: 'serviceexports' | 'targetgrouppolicies'): Promise<void> {
    // What nobody follows says nothing when it comes back: then it is the absence in two LISTs that counts, and no hold.
    if (!this.isFollowed(member) || this.world.awaited(member).length > 0) return;
    const kind = plural === 'serviceexports' ? 'ServiceExport' : 'TargetGroupPolicy';
    if (!this.serves(member, kind)) return;
    const before = this.world.snapshot(member);
    member.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: `${plural}.${networking}` });
    this.world.freeze(member, `KindVanished.${kind}`, [plural === 'serviceexports' ? 'exports' : 'policies'], before);
    await until(`${plural} are gone`, () => (this.serves(member, kind) ? 'there still' : undefined), 5000);
    // Until it is seen, or it was never seen: a CRD that is back before anybody looked was never gone.
    for (let i = 0; i < 150 && this.isHoldMissing(member, kind); i++) await sleep(20);
  }

  private isHoldMissing(member: ChaosMember, kind: string): boolean {
    const holds = (this.fleet.memberCluster(member.name)?.status?.holds ?? []) as { readonly reason: string }[];
    return this.world.awaited(member).length > 0 && !holds.some((hold) => hold.reason === `KindVanished.${kind}`);
  }

  private async bringCrd(member: ChaosMember, plural: string): Promise<void> {
    const kind = plural === 'serviceexports' ? 'ServiceExport' : 'TargetGroupPolicy';
    if (this.serves(member, kind)) return;
    await member.cluster.installDefinitions(memberDefinitions().filter((crd) => crd.metadata.name === `${plural}.${networking}`));
  }
}
