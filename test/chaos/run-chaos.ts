import { setTimeout as sleep } from 'node:timers/promises';
import { Deletions } from './checks/deletions.js';
import {
  deepQueues,
  footprintOf,
  foreignGroups,
  growth,
  strayKeys,
  stuckJobs,
  unnamedLeftovers,
  unsettledMembers,
  type Footprint,
} from './checks/leftovers.js';
import { Fencing, type FencingReport } from './checks/fencing.js';
import { Holds, type ToldHold } from './checks/holds.js';
import { Ledger } from './checks/ledger.js';
import { untilQuiet, untilWrites } from './checks/quiet.js';
import { judgeAttempt } from './checks/taking-log.js';
import { wrongCallers } from './checks/callers.js';
import { clusterOf, compare, groupsOf } from './compare.js';
import { ChaosFleet, neverInPassing } from './fleet/chaos-fleet.js';
import type { WriteAttempt } from './fleet/aws-gate.js';
import { endpointSlice, service, serviceExport } from './fleet/manifests.js';
import type { ChaosMember } from './fleet/member.js';
import { describeEvent, type Act, type ChaosEvent } from './history/event.js';
import { Stage } from './history/stage.js';
import { Person, type Acknowledged } from './person.js';
import { World } from './world.js';

export interface ChaosOptions {
  readonly members: number;
  readonly replicas: number;
  /** Ends at the first problem: whoever only asks whether it fails need not know how. */
  readonly stopsAtFirst?: boolean;
  /** Hears what happens. */
  readonly tell?: (line: string) => void;
}

/** What became of one run. */
export interface Verdict {
  /** Everything that is wrong; empty where all holds. */
  readonly problems: readonly string[];
  readonly writes: number;
  readonly fencing: FencingReport;
  readonly acknowledged: readonly Acknowledged[];
  /** How long it took from the end of all faults until everything was as it must be. */
  readonly settledAfterMs: number;
}

/** How long the fleet may take after the last fault: back-off has grown, and a deletion takes two readings. */
const settleWithinMs = 90_000;
const quietMs = 250;
const pauseAtMostMs = 2000;
const noticeWithinMs = 8000;
const holdsEveryMs = 20;
/** A retry of a call that was done and not told of comes so much later at most; where AWS has not failed for a while there is none. */
const retryGraceMs = 2500;
const faultMs = 8000;

/** Plays a history on a new fleet, ends all faults, and says whether everything is as it must be. */
export async function runChaos(history: readonly ChaosEvent[], options: ChaosOptions): Promise<Verdict> {
  const attempts: WriteAttempt[] = [];
  let onWrite = (attempt: WriteAttempt): void => void attempts.push(attempt);
  const fleet = await ChaosFleet.start({ ...options, env: neverInPassing, onWrite: (attempt) => onWrite(attempt) });
  try {
    options.tell?.(`logs are in ${fleet.dir}`);
    const run = new ChaosRun(fleet, options);
    onWrite = (attempt) => run.onWrite(attempt);
    return await run.play(history);
  } finally {
    await fleet.stop();
  }
}

class ChaosRun {
  private readonly world: World;
  private readonly person: Person;
  private readonly stage: Stage;
  private readonly ledger = new Ledger();
  private readonly fencing = new Fencing();
  private readonly deletions = new Deletions(() => performance.now());
  private readonly holds = new Holds();
  /** The members of which something was held when it was looked at last. */
  private readonly isHeld = new Set<string>();
  private readonly problems: string[] = [];
  private writes = 0;

  constructor(
    private readonly fleet: ChaosFleet,
    private readonly options: ChaosOptions,
  ) {
    this.world = new World(fleet);
    const letGo = (member: string, groups: readonly string[], holds: readonly ToldHold[]) => {
      this.deletions.acknowledged(member, groups);
      this.holds.answer(member, holds);
    };
    this.person = new Person(fleet, this.world, letGo, (line) => this.tell(line));
    this.stage = new Stage(fleet, this.world, this.person, this.ledger);
  }

  onWrite(attempt: WriteAttempt): void {
    this.writes++;
    this.fencing.note(attempt);
    this.ledger.note(this.world.now(), this.stage.isHardOfHearing);
    const wrong = judgeAttempt(attempt, this.ledger, this.fleet.aws, this.fleet.hubId) ?? this.tooMany(attempt);
    if (wrong !== undefined) this.blame(`wrongly taken: ${wrong} (${attempt.replica}, ${attempt.cluster}.${attempt.fence})`);
  }

  /** Whether it is one deletion more than there may be without a person's word. */
  private tooMany({ operation, resource }: WriteAttempt): string | undefined {
    if (operation !== 'DeleteTargetGroup') return undefined;
    const groups = groupsOf(this.fleet.aws, this.fleet.hubId);
    const group = groups.find(({ arn, id }) => resource === arn || resource === id);
    if (!group || group.status === 'CREATE_FAILED') return undefined;
    const { arn, name, accountId } = group;
    const cluster = clusterOf(group);
    const ofAccount = groups.filter((other) => other.accountId === accountId).length;
    const ofCluster = groups.filter((other) => clusterOf(other) === cluster).length;
    return this.deletions.note({ arn, name, accountId, cluster, ofAccount, ofCluster });
  }

  async play(history: readonly ChaosEvent[]): Promise<Verdict> {
    const before = await Promise.all(this.fleet.replicas.map((replica) => footprintOf(replica)));
    let settledAfterMs = 0;
    const looking = setInterval(() => this.lookAtHolds(), holdsEveryMs);
    try {
      settledAfterMs = await this.playAll(history);
      if (!this.isDecided) await this.lookForLeftovers(before);
    } catch (error) {
      this.blame(`it could not be played to its end: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      clearInterval(looking);
    }
    return this.verdict(settledAfterMs);
  }

  /** @returns how long it took to settle after the last fault */
  private async playAll(history: readonly ChaosEvent[]): Promise<number> {
    for (const [i, event] of history.entries()) {
      this.tell(`${String(i + 1).padStart(4)} ${describeEvent(event)}`);
      if (this.isDecided) return 0;
      await this.stage.play(event.act);
      this.ledger.note(this.world.now(), this.stage.isHardOfHearing);
      await this.pause(event);
      await this.lookAtQueues();
    }
    this.tell('faults end');
    await this.stage.calm();
    const settledAfterMs = await this.settle();
    // What nobody works on any more looks settled: a last change tells.
    for (const [i, member] of this.fleet.members.entries()) exportLast(member, i + 1);
    await this.settle();
    return settledAfterMs;
  }

  /** What is missing is asked only where something is held. */
  private lookAtHolds(): void {
    for (const member of this.fleet.members) {
      const uid = this.fleet.memberCluster(member.name)?.metadata.uid as string | undefined;
      const holds = this.person.toldHolds(member);
      const missing = new Set(
        holds.length > 0 || this.isHeld.has(member.name) ? this.world.awaited(member).map(({ reason }) => reason) : [],
      );
      if (holds.length > 0) this.isHeld.add(member.name);
      else this.isHeld.delete(member.name);
      const wrong = this.holds.note(member.name, uid === undefined ? undefined : { uid, holds, missing });
      if (wrong !== undefined) this.blame(wrong);
    }
  }

  private async lookAtQueues(): Promise<void> {
    if (!this.fleet.redis.isRunning) return;
    for (const what of await deepQueues(this.fleet).catch(() => [])) this.blame(what);
  }

  /** Whether nothing that may come would change what is asked for. */
  private get isDecided(): boolean {
    return this.options.stopsAtFirst === true && (this.problems.length > 0 || this.fencing.report().violations.length > 0);
  }

  private verdict(settledAfterMs: number): Verdict {
    const fencing = this.fencing.report();
    const problems = [
      ...this.problems,
      ...fencing.violations.map((violation) => `fencing: ${violation}`),
      ...wrongCallers(this.fleet.aws.calls.log, this.fleet.members),
    ];
    return { problems, writes: this.writes, fencing, acknowledged: this.person.acknowledged, settledAfterMs };
  }

  private async pause({ act, pause }: ChaosEvent): Promise<void> {
    if (pause === 'at once') return;
    if (pause === 'noticed') return this.untilNoticed(act);
    if (pause !== 'quiet') return untilWrites(this.fleet, pause.writes, quietMs, pauseAtMostMs);
    await untilQuiet(this.fleet, quietMs, pauseAtMostMs);
    this.noteSettled();
  }

  /** Gives up after a bound: what goes wrong can be too little to be noticed. */
  private async untilNoticed(act: Act): Promise<void> {
    const deadline = performance.now() + noticeWithinMs;
    while (!this.stage.isNoticed(act) && performance.now() < deadline) await sleep(25);
  }

  /** Where everything is as people say, nothing goes wrong and nothing is under way, what they said before counts no more. */
  private noteSettled(): void {
    const differences = this.differences();
    const graceMs = this.stage.awsFaultAgeMs < faultMs ? retryGraceMs : 0;
    const isSynced = (name: string) => this.fleet.memberCluster(name)?.status?.state === 'Synced';
    for (const [i, member] of this.fleet.members.entries()) {
      const isAsSaid = !differences.some((difference) => difference.startsWith(`${member.name} `));
      if (!isAsSaid || !isSynced(member.name) || this.stage.isTroubled(i + 1)) continue;
      this.world.noteSeen(member);
      if (!this.stage.isWorkTroubled(i + 1) && this.fleet.traffic().inFlight === 0) this.ledger.settled(member.name, graceMs);
    }
    if (differences.length > 0 || !this.stage.isCalm || this.fleet.traffic().inFlight > 0) return;
    if (this.fleet.members.every(({ name }) => isSynced(name))) this.ledger.settledEverywhere(graceMs);
  }

  /** Waits until everything is as people say. What only a person can let go, a person lets go, once it is asked for. */
  private async settle(): Promise<number> {
    const began = performance.now();
    let wrong: readonly string[] = [];
    while (performance.now() - began < settleWithinMs) {
      await untilQuiet(this.fleet, quietMs, pauseAtMostMs);
      wrong = [...this.differences(), ...this.leftBehind(), ...unsettledMembers(this.fleet, this.person), ...this.unseenHolds()];
      if (wrong.length === 0) return Math.round(performance.now() - began);
      for (const member of this.fleet.members) await this.person.acknowledge(member);
      await sleep(100);
    }
    for (const what of wrong) this.blame(`not settled: ${what}`);
    return settleWithinMs;
  }

  private differences(): readonly string[] {
    const { groups } = this.ledger.note(this.world.now(), this.stage.isHardOfHearing);
    return compare(groups, this.fleet.aws, this.fleet.hubId).differences.map(({ id, what }) => `${id}: ${what}`);
  }

  /** What stays in AWS though nobody asks for it, and is named by no condition. */
  private leftBehind(): readonly string[] {
    const { groups } = this.ledger.note(this.world.now(), this.stage.isHardOfHearing);
    return unnamedLeftovers(compare(groups, this.fleet.aws, this.fleet.hubId).leftovers, this.fleet, this.person);
  }

  /** What nobody but a person may let go, and nobody asks a person about. */
  private unseenHolds(): readonly string[] {
    return this.fleet.members.flatMap((member) =>
      this.world.awaited(member).map((freeze) => `${member.name}: nobody was asked about ${freeze.reason}`),
    );
  }

  private async lookForLeftovers(before: readonly Footprint[]): Promise<void> {
    await untilQuiet(this.fleet, 600, 5000);
    for (const what of [...this.differences(), ...this.leftBehind()]) this.blame(`not settled for good: ${what}`);
    let stuck = await stuckJobs(this.fleet);
    // A job whose worker never heard that it has it is found after two lengths of a lock.
    for (let i = 0; i < 750 && stuck.length > 0; i++) {
      await sleep(100);
      stuck = await stuckJobs(this.fleet);
    }
    for (const what of stuck) this.blame(`stuck: ${what}`);
    for (const what of [...foreignGroups(this.fleet), ...(await strayKeys(this.fleet))]) this.blame(`left behind: ${what}`);
    for (const { name, crashes } of this.fleet.replicas) for (const crash of crashes) this.blame(`${name} ended by itself: ${crash}`);
    for (const [i, replica] of this.fleet.replicas.entries()) {
      const first = before[i];
      if (!first) continue;
      const last = await footprintOf(replica);
      this.tell(`${replica.name}: heap ${first.heapMiB} -> ${last.heapMiB} MiB, open files ${first.openFiles} -> ${last.openFiles}`);
      for (const what of growth(first, last)) this.blame(`${replica.name}: ${what}`);
    }
  }

  private blame(problem: string): void {
    this.tell(`  !! ${problem}`);
    if (this.problems.length < 50) this.problems.push(problem);
  }

  private tell(line: string): void {
    this.options.tell?.(line);
  }
}

/** Exports something of a member that no history knows. */
function exportLast(member: ChaosMember, number: number): void {
  member.apply(service('default', 'last'));
  member.apply(endpointSlice('default', 'last', 1, [{ ip: `10.${number}.250.1`, state: 'ready' }]));
  member.apply(serviceExport('default', 'last', 'http'));
}
