import type { FaultEffect as AwsEffect } from '@hub/aws-simulator';
import type { FaultRule as KubeFault } from '@hub/kube-simulator';
import { exportForms, serviceForms, type Pod, type PolicySetting } from '../fleet/manifests.js';
import { namespaces } from '../fleet/member.js';
import { Random } from '../random.js';
import type { Act, ChaosEvent, Pause } from './event.js';

export interface HistoryShape {
  readonly events: number;
  readonly members: number;
  readonly replicas: number;
}

const exportNames = ['shop', 'cart', 'pay'] as const;
const policyNames = ['first', 'second'] as const;
const settings: readonly PolicySetting[] = ['path', 'otherPath', 'off', 'http2', 'https', 'tcp', 'broken'];
const watchedPlurals = ['serviceexports', 'services', 'endpointslices', 'targetgrouppolicies'] as const;
const writes = ['CreateTargetGroup', 'RegisterTargets', 'UpdateTargetGroup', 'TagResource', 'DeregisterTargets', 'DeleteTargetGroup'];

/** Where something is. */
interface Place {
  readonly member: number;
  readonly namespace: string;
  readonly name: string;
}

type PolicyTarget = Extract<Act, { readonly do: 'policy' }>['target'];

/** A fault that lasts, and what ends it. */
interface Trouble {
  readonly begin: Act;
  readonly end: Act;
  /** No two of one kind at once. */
  readonly key: string;
}

/** A history from a seed: the same seed and shape give the same events. Data alone; what it says can be played in any part. */
export function generateHistory(seed: number, shape: HistoryShape): readonly ChaosEvent[] {
  return new Generator(new Random(seed), shape).run();
}

class Generator {
  private readonly events: ChaosEvent[] = [];
  /** Troubles under way: how many events they last still. */
  private readonly open = new Map<string, { left: number; readonly end: Act }>();
  /** What was exported and what was said about it, so that most events are about something that is there. */
  private readonly exported: Place[] = [];
  private readonly policies: (Place & { readonly target: PolicyTarget })[] = [];

  constructor(
    private readonly random: Random,
    private readonly shape: HistoryShape,
  ) {}

  run(): readonly ChaosEvent[] {
    for (let member = 1; member <= this.shape.members; member++) for (let i = 0; i < 2; i++) this.push(this.anExport(member), 'at once');
    this.push(this.aPolicy(), 'quiet');
    while (this.events.length < this.shape.events) {
      this.endSome();
      const act = this.random.weighted<() => void>([
        [57, () => this.push(this.people())],
        [1, () => this.everyExport()],
        [14, () => this.begin(this.memberTrouble())],
        [8, () => this.otherCluster()],
        [10, () => this.push(this.aws())],
        [3, () => this.begin(this.awsTrouble())],
        [4, () => this.redis()],
        [6, () => this.begin(this.hubTrouble())],
        [1, () => this.everyHub()],
      ]);
      act();
    }
    for (const { end } of this.open.values()) this.push(end, 'at once');
    return this.events;
  }

  private push(act: Act, pause: Pause = this.pause()): void {
    this.events.push({ act, pause });
  }

  private pause(): Pause {
    return this.random.weighted<Pause>([
      [45, 'at once'],
      [30, { writes: this.random.int(1, 4) }],
      [25, 'quiet'],
    ]);
  }

  private begin(trouble: Trouble): void {
    // Three at once are enough: else nothing is ever seen to work.
    if (this.open.has(trouble.key) || this.open.size >= 3) return;
    this.open.set(trouble.key, { left: this.random.int(2, 7), end: trouble.end });
    // What is under way when it begins is what it is about.
    if (this.random.chance(0.5)) for (let i = 0; i < 3; i++) this.push(this.people(), 'at once');
    this.push(trouble.begin, this.random.chance(0.6) ? 'noticed' : this.pause());
  }

  /** A cluster goes back to where it was before the hub saw what came later. */
  private backup(trouble: Trouble, member: number): void {
    if (this.open.has(trouble.key) || this.open.has(`member-${member}`) || [...this.open.keys()].some((key) => key.startsWith('hub')))
      return;
    this.push(trouble.begin, 'quiet');
    this.push(this.anExport(member), 'at once');
    this.push(this.anExport(member), 'at once');
    const place = this.random.pick(this.exported.filter((known) => known.member === member));
    this.push({ do: 'pods', ...place, slice: 1, pods: this.pods(place) }, 'quiet');
    this.push(trouble.end, this.random.chance(0.5) ? 'noticed' : 'at once');
  }

  private endSome(): void {
    for (const [key, trouble] of this.open) {
      if (--trouble.left > 0) continue;
      this.open.delete(key);
      this.push(trouble.end);
    }
  }

  // --- people -------------------------------------------------------------------------------------------------------------------------------

  private people(): Act {
    const { random } = this;
    const place = random.chance(0.9) && this.exported.length > 0 ? random.pick(this.exported) : this.aPlace();
    const { member } = place;
    return random.weighted<() => Act>([
      [18, () => this.anExport(member)],
      [8, () => this.anUnexport(place)],
      [30, () => ({ do: 'pods', ...place, slice: random.int(1, 2), pods: this.pods(place) })],
      [6, () => ({ do: 'drop-slice', ...place, slice: random.int(1, 2) })],
      [4, () => ({ do: 'service', ...place, form: random.pick(serviceForms) })],
      [3, () => ({ do: 'drop-service', ...place })],
      [13, () => this.aPolicy()],
      [6, () => this.anEdit()],
      [7, () => this.aPolicyLess()],
      [3, () => ({ do: 'scope', member, scope: random.pick(['Fleet', 'Own', 'Ignore'] as const) })],
      [5, () => ({ do: 'use', ...place })],
      [3, () => ({ do: 'unuse', member })],
      [3, () => ({ do: 'acknowledge', member })],
    ])();
  }

  private anExport(member: number): Act {
    const place = { ...this.aPlace(), member };
    this.exported.push(place);
    return { do: 'export', ...place, form: this.random.pick(exportForms), pods: this.pods(place) };
  }

  private anUnexport(place: Place): Act {
    const i = this.exported.indexOf(place);
    if (i >= 0) this.exported.splice(i, 1);
    return { do: 'unexport', ...place };
  }

  /** All that the members of an account export goes at once: more than may be deleted without a person's word. */
  private everyExport(): void {
    const member = this.aMember();
    for (const place of this.exported.slice()) if (place.member % 2 === member % 2) this.push(this.anUnexport(place), 'at once');
  }

  private aPolicy(): Act {
    const { random } = this;
    const about = this.exported.length > 0 ? random.pick(this.exported) : this.aPlace();
    const target = { kind: random.chance(0.8) ? ('ServiceExport' as const) : ('Service' as const), name: about.name };
    const place = { member: random.int(0, this.shape.members), namespace: about.namespace, name: random.pick(policyNames) };
    this.policies.push({ ...place, target });
    return { do: 'policy', ...place, target, setting: random.pick(settings) };
  }

  /** One that is there says something else from now on, be it what no group can follow. */
  private anEdit(): Act {
    if (this.policies.length === 0) return this.aPolicy();
    return { do: 'policy', ...this.random.pick(this.policies), setting: this.random.chance(0.5) ? 'broken' : this.random.pick(settings) };
  }

  private aPolicyLess(): Act {
    const { member, namespace, name } =
      this.policies.length > 0 ? this.random.pick(this.policies) : { ...this.aPlace(), name: policyNames[0] };
    return { do: 'drop-policy', member, namespace, name };
  }

  private aPlace(): Place {
    const namespace = this.random.chance(0.8) ? namespaces[0] : namespaces[1];
    return { member: this.aMember(), namespace, name: this.random.pick(exportNames) };
  }

  private pods({ member, namespace, name }: Place): readonly Pod[] {
    const { random } = this;
    const third = namespaces.indexOf(namespace as 'default') * 100 + exportNames.indexOf(name as 'shop');
    return Array.from({ length: random.int(0, 4) }, () => ({
      ip: `10.${member}.${third}.${random.int(1, 9)}`,
      state: random.weighted<Pod['state']>([
        [8, 'ready'],
        [1, 'notReady'],
        [1, 'terminating'],
      ]),
    })).filter((pod, i, all) => all.findIndex((other) => other.ip === pod.ip) === i);
  }

  private aMember(): number {
    return this.random.int(1, this.shape.members);
  }

  // --- what goes wrong ------------------------------------------------------------------------------------------------------------------------

  private memberTrouble(): Trouble {
    const { random } = this;
    const member = this.aMember();
    const faults: readonly KubeFault[] = [
      { effect: { kind: 'slow', delayMs: random.int(100, 1500) } },
      { effect: { kind: 'hang' } },
      { verb: 'list', resource: random.pick(watchedPlurals), effect: { kind: 'truncated-list' } },
      { verb: 'list', resource: random.pick(watchedPlurals), effect: { kind: 'lost-continue' } },
      { verb: ['list', 'watch'], effect: { kind: 'status', code: random.pick([401, 403, 429, 500, 503] as const) } },
      { verb: 'watch', effect: { kind: 'watch-error', code: 410, afterEvents: random.int(0, 2) } },
      { verb: 'watch', effect: { kind: 'reset', at: 'mid-body', afterEvents: random.int(0, 2) } },
      { verb: 'list', resource: random.pick(watchedPlurals), times: 1, effect: { kind: 'empty-list' } },
      { verb: 'connect', probability: 0.5, effect: { kind: 'reset' } },
    ];
    const begin = random.weighted<Act>([
      [3, { do: 'member-down', member }],
      [3, { do: 'member-silent', member }],
      [2, { do: 'member-cut', member }],
      [1, { do: 'member-compact', member }],
      [6, { do: 'member-fault', member, fault: random.pick(faults) }],
    ]);
    return { begin, end: { do: 'member-heal', member }, key: `member-${member}` };
  }

  /** It is not the same any more: restored, another one, or without a kind. */
  private otherCluster(): void {
    const member = this.aMember();
    const key = `other-${member}`;
    const plural = this.random.chance(0.6) ? 'serviceexports' : 'targetgrouppolicies';
    this.random.weighted<() => void>([
      [4, () => this.backup({ begin: { do: 'backup', member }, end: { do: 'restore', member }, key }, member)],
      [2, () => this.begin({ begin: { do: 'recreate', member }, end: { do: 'rejoin', member }, key })],
      [3, () => this.begin({ begin: { do: 'drop-crd', member, plural }, end: { do: 'bring-crd', member, plural }, key })],
    ])();
  }

  private aws(): Act {
    const { random } = this;
    const effects: readonly AwsEffect[] = [
      { kind: 'throttle' },
      { kind: 'internalError' },
      { kind: 'internalError', moment: 'after' },
      { kind: 'unavailable' },
      { kind: 'reset' },
      { kind: 'reset', moment: 'after' },
      { kind: 'hang', moment: 'after' },
      { kind: 'expiredToken' },
      { kind: 'latency', latencyMs: random.int(50, 900) },
      { kind: 'partialFailure' },
      { kind: 'createFailed' },
    ];
    if (random.chance(0.15)) return { do: 'aws-expire' };
    const effect = random.pick(effects);
    const isOfOne = effect.kind !== 'createFailed' && effect.kind !== 'partialFailure' && random.chance(0.6);
    return { do: 'aws-fault', effect, times: random.int(1, 5), ...(isOfOne && { operations: [random.pick(writes)] }) };
  }

  private awsTrouble(): Trouble {
    if (this.random.chance(0.5)) return { begin: { do: 'aws-tag-lag', ms: 1500 }, end: { do: 'aws-tag-lag', ms: 0 }, key: 'tag-lag' };
    const members = this.roles();
    return { begin: { do: 'aws-role-gone', members }, end: { do: 'aws-role-back', members }, key: 'role' };
  }

  /** The role of one member, or of every other one: those of one account, so that nobody can look into it. */
  private roles(): readonly number[] {
    const member = this.aMember();
    if (this.random.chance(0.5)) return [member];
    return Array.from({ length: this.shape.members }, (_, i) => i + 1).filter((other) => other % 2 === member % 2);
  }

  private redis(): void {
    const once = this.random.weighted<Act | undefined>([
      [3, { do: 'redis-flush' }],
      [3, { do: 'redis-cut' }],
      [4, undefined],
    ]);
    if (once) this.push(once);
    else if (this.random.chance(0.5)) this.begin({ begin: { do: 'redis-kill' }, end: { do: 'redis-start' }, key: 'redis' });
    else this.begin({ begin: { do: 'redis-full' }, end: { do: 'redis-room' }, key: 'redis' });
  }

  /** Nobody is left to take over: all replicas are killed, or stopped, at once. */
  private everyHub(): void {
    if ([...this.open.keys()].some((key) => key.startsWith('hub'))) return;
    const [begin, end] = this.random.chance(0.5) ? (['hub-kill', 'hub-start'] as const) : (['hub-stop', 'hub-continue'] as const);
    for (let i = 0; i < 3; i++) this.push(this.people(), 'at once');
    for (let replica = 1; replica <= this.shape.replicas; replica++) {
      this.open.set(`hub-${replica}`, { left: this.random.int(2, 7), end: { do: end, replica } });
      this.push({ do: begin, replica }, 'at once');
    }
  }

  private hubTrouble(): Trouble {
    const replica = this.random.int(1, this.shape.replicas);
    const key = `hub-${replica}`;
    return this.random.weighted<Trouble>([
      [3, { begin: { do: 'hub-kill', replica }, end: { do: 'hub-start', replica }, key }],
      [2, { begin: { do: 'hub-leave', replica }, end: { do: 'hub-start', replica }, key }],
      [3, { begin: { do: 'hub-stop', replica }, end: { do: 'hub-continue', replica }, key }],
      [2, { begin: { do: 'hub-apart', replica }, end: { do: 'hub-together', replica }, key }],
    ]);
  }
}
