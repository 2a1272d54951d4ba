import type { SeededRandom } from '../state/seeded-random.js';
import type { FaultEffect, FaultRule } from './fault-rule.js';
import { parseFaultRule } from './parse-fault-rule.js';

/** What a fault rule looks at. */
export interface FaultSubject {
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly callerArn: string;
  readonly userAgent: string;
  /** What the request names: its path, or the ARN or name in its input. */
  readonly resource: string;
}

/** A fault that meets a call. */
export interface ActiveFault {
  readonly effect: FaultEffect;
  /** Aborted when the rule is removed: what hangs because of it goes on. */
  readonly removed: AbortSignal;
}

/** A fault that was injected. */
export interface FaultHandle {
  /** Unique in this simulator. */
  readonly id: number;
  readonly rule: FaultRule;
  /** How many calls it has met. */
  hits(): number;
  /** Ends it; what hangs because of it is cut. */
  remove(): void;
}

interface Injected {
  readonly id: number;
  readonly rule: FaultRule;
  readonly abort: AbortController;
  seen: number;
  hits: number;
}

/** Faults that people inject, by operation, account, region, caller, and chance. */
export class Faults {
  readonly #injected = new Set<Injected>();
  #lastId = 0;

  constructor(private readonly random: SeededRandom) {}

  /**
   * Adds a fault. Rules are asked in the order of their arrival, and every one that fits takes effect. Throws an Error that names what is wrong with
   * a rule that could never take effect as it says.
   */
  inject(rule: FaultRule): FaultHandle {
    parseFaultRule(rule);
    this.#lastId += 1;
    const injected: Injected = { id: this.#lastId, rule, abort: new AbortController(), seen: 0, hits: 0 };
    this.#injected.add(injected);
    return this.#handle(injected);
  }

  /** The faults that are there, oldest first. */
  list(): readonly FaultHandle[] {
    return [...this.#injected].map((injected) => this.#handle(injected));
  }

  /** Removes every fault. */
  clear(): void {
    for (const injected of this.#injected) this.#remove(injected);
  }

  /** The faults that meet this call; counts them as used. */
  meet(subject: FaultSubject): readonly ActiveFault[] {
    return [...this.#injected]
      .filter((injected) => this.#hits(injected, subject))
      .map(({ rule, abort }) => ({ effect: rule.effect, removed: abort.signal }));
  }

  #hits(injected: Injected, subject: FaultSubject): boolean {
    const { rule } = injected;
    if (!fits(rule, subject)) return false;
    injected.seen += 1;
    if (injected.seen <= (rule.skip ?? 0)) return false;
    if (injected.hits >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
    if (rule.probability !== undefined && this.random.next() >= rule.probability) return false;
    injected.hits += 1;
    return true;
  }

  #handle(injected: Injected): FaultHandle {
    return { id: injected.id, rule: injected.rule, hits: () => injected.hits, remove: () => this.#remove(injected) };
  }

  #remove(injected: Injected): void {
    this.#injected.delete(injected);
    injected.abort.abort();
  }
}

function fits(rule: FaultRule, subject: FaultSubject): boolean {
  if (rule.operations && !rule.operations.includes(subject.operation)) return false;
  if (rule.account !== undefined && rule.account !== subject.account) return false;
  if (rule.region !== undefined && rule.region !== subject.region) return false;
  if (rule.caller !== undefined && !subject.callerArn.includes(rule.caller)) return false;
  if (rule.resource !== undefined && !subject.resource.includes(rule.resource)) return false;
  return rule.userAgent === undefined || subject.userAgent.includes(rule.userAgent);
}
