import type { SimulatorSettings, ThrottleRule } from '../settings/simulator-settings.js';
import type { ApiFamily } from './api-family.js';

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** What a call is throttled by. */
export interface ThrottleKey {
  readonly account: string;
  readonly region: string;
  readonly family: ApiFamily;
}

/** Token buckets for each (account, region, API family), as the settings say at the time of the call. A new list of rules starts full. */
export class Throttles {
  #rules: readonly ThrottleRule[] = [];
  readonly #buckets = new Map<string, Bucket>();

  constructor(private readonly settings: SimulatorSettings) {}

  /** Takes a token. Gives the whole seconds after which one is there again where the bucket is empty, and nothing where the call may go on. */
  take(key: ThrottleKey, nowMs: number): number | undefined {
    this.#followRules();
    const index = this.#rules.findIndex((rule) => fits(rule, key));
    const rule = this.#rules[index];
    if (!rule) return undefined;
    const name = `${index}|${key.account}|${key.region}|${rule.isShared ? '' : key.family}`;
    const tokens = refilled(this.#buckets.get(name), rule, nowMs);
    const isAllowed = tokens >= 1;
    this.#buckets.set(name, { tokens: isAllowed ? tokens - 1 : tokens, atMs: nowMs });
    return isAllowed ? undefined : Math.max(1, Math.ceil((1 - tokens) / rule.ratePerSecond));
  }

  #followRules(): void {
    if (this.#rules === this.settings.throttles) return;
    this.#rules = this.settings.throttles;
    this.#buckets.clear();
  }
}

function refilled(bucket: Bucket | undefined, rule: ThrottleRule, nowMs: number): number {
  if (!bucket) return rule.burst;
  const back = (Math.max(0, nowMs - bucket.atMs) / 1_000) * rule.ratePerSecond;
  return Math.min(rule.burst, bucket.tokens + back);
}

function fits(rule: ThrottleRule, key: ThrottleKey): boolean {
  if (rule.account !== undefined && rule.account !== key.account) return false;
  if (rule.region !== undefined && rule.region !== key.region) return false;
  return rule.families === undefined || rule.families.includes(key.family);
}
