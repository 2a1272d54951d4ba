import type { ActiveFault, FaultEffect, FaultRule, FaultVerb } from './fault-rule.js';

/** What is known of a request when a fault is chosen. */
export interface FaultTarget {
  readonly verb: FaultVerb;
  readonly resource: string;
  readonly namespace: string;
  readonly user: string;
}

/** Takes one rule away again. */
export interface FaultHandle {
  readonly id: number;
  remove(): void;
}

interface Entry {
  readonly id: number;
  readonly rule: FaultRule;
  hits: number;
}

/** The faults of one cluster. The first rule that fits a request decides what happens to it; connections fit only rules that name `connect`. */
export class FaultEngine {
  private readonly entries: Entry[] = [];
  private nextId = 1;
  private randomState: number;

  /** @param seed of the generator for rules with a probability */
  constructor(seed: number) {
    this.randomState = seed >>> 0;
  }

  inject(rule: FaultRule): FaultHandle {
    const entry: Entry = { id: this.nextId, rule, hits: 0 };
    this.nextId += 1;
    this.entries.push(entry);
    return { id: entry.id, remove: () => this.remove(entry.id) };
  }

  remove(id: number): void {
    const index = this.entries.findIndex((entry) => entry.id === id);
    if (index >= 0) this.entries.splice(index, 1);
  }

  clear(): void {
    this.entries.length = 0;
  }

  list(): ActiveFault[] {
    return this.entries.map(({ id, rule, hits }) => ({ id, rule, hits }));
  }

  /** The fault of a request; undefined where nothing goes wrong. Choosing a rule counts as a hit. */
  choose(target: FaultTarget): FaultEffect | undefined {
    for (const entry of this.entries) {
      if (!fits(entry.rule, target)) continue;
      if (entry.rule.probability !== undefined && this.random() >= entry.rule.probability) continue;
      entry.hits += 1;
      if (entry.rule.times !== undefined && entry.hits >= entry.rule.times) this.remove(entry.id);
      return entry.rule.effect;
    }
    return undefined;
  }

  /** The next number of the generator (mulberry32), between 0 and 1. */
  private random(): number {
    this.randomState = (this.randomState + 0x6d2b79f5) >>> 0;
    let value = this.randomState;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }
}

function fits(rule: FaultRule, target: FaultTarget): boolean {
  const verbs = rule.verb === undefined ? undefined : typeof rule.verb === 'string' ? [rule.verb] : rule.verb;
  if (target.verb === 'connect') return verbs?.includes('connect') === true;
  return (
    (verbs === undefined || verbs.includes(target.verb)) &&
    (rule.resource === undefined || rule.resource === target.resource) &&
    (rule.namespace === undefined || rule.namespace === target.namespace) &&
    (rule.user === undefined || rule.user === target.user)
  );
}
