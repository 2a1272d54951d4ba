/** One call as the simulator saw it. */
export interface CallRecord {
  /** By the simulator's clock, in milliseconds since the epoch. */
  readonly timeMs: number;
  /** `vpc-lattice`, `sts` or `tagging`. */
  readonly service: string;
  /** Empty where the request named none. */
  readonly operation: string;
  /** Empty where nobody was recognised, as are `region` and `callerArn`. */
  readonly account: string;
  readonly region: string;
  readonly callerArn: string;
  readonly userAgent: string;
  /** What the request named: an ARN, an id, a name, at most 2,048 characters of it; empty where nothing. */
  readonly resource: string;
  /** The HTTP status; 0 where the connection was cut or nobody waited for the answer. */
  readonly status: number;
  /** Empty for a success. */
  readonly errorCode: string;
  /** From `amz-sdk-request`; 1 where the client does not say. */
  readonly attempt: number;
  /** From `amz-sdk-invocation-id`: the same for all attempts of one call; empty where the client does not say. */
  readonly invocationId: string;
  readonly requestId: string;
  /** Real milliseconds from the request to the answer. */
  readonly durationMs: number;
}

/** Which calls to count; what is left out does not matter. */
export interface CallFilter {
  readonly service?: string;
  readonly operation?: string;
  readonly account?: string;
  readonly region?: string;
  readonly callerArn?: string;
  readonly status?: number;
  readonly errorCode?: string;
  /** Only calls that succeeded, or only those that did not. */
  readonly isError?: boolean;
}

/** Which calls of the log to give. */
export interface LogFilter extends CallFilter {
  /** From this time on by the simulator's clock, in milliseconds since the epoch. */
  readonly fromMs?: number;
  /** Up to this time, without it. */
  readonly untilMs?: number;
  /** At most this many, the last of them. */
  readonly last?: number;
}

type Counted = Required<Omit<CallFilter, 'isError'>>;

interface Counter {
  readonly of: Counted;
  count: number;
}

/** Every call counted, and the last of them kept. */
export class CallLog {
  #log: CallRecord[] = [];
  readonly #counters = new Map<string, Counter>();

  /** @param limit how many calls are kept, asked at every call */
  constructor(private readonly limit: () => number) {}

  record(call: CallRecord): void {
    this.#log.push(call);
    const limit = this.limit();
    // Cut in large steps, so that a full log costs no shift for each call.
    if (this.#log.length > limit * 2) this.#log = this.#log.slice(-limit);
    const { service, operation, account, region, callerArn, status, errorCode } = call;
    const key = [service, operation, account, region, callerArn, status, errorCode].join('|');
    const counter = this.#counters.get(key);
    if (counter) counter.count += 1;
    else this.#counters.set(key, { of: { service, operation, account, region, callerArn, status, errorCode }, count: 1 });
  }

  /** The last calls, oldest first, as many as the settings keep. */
  get log(): readonly CallRecord[] {
    const limit = this.limit();
    return limit === 0 ? [] : this.#log.slice(-limit);
  }

  /** How many calls fit, of all that were made since the start or the last reset. */
  count(filter: CallFilter = {}): number {
    return this.#matching(filter).reduce((sum, counter) => sum + counter.count, 0);
  }

  /** The same, by operation. */
  byOperation(filter: CallFilter = {}): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { of, count } of this.#matching(filter)) counts[of.operation] = (counts[of.operation] ?? 0) + count;
    return counts;
  }

  /** Forgets all calls. */
  reset(): void {
    this.#log = [];
    this.#counters.clear();
  }

  /** The calls of the log that fit, oldest first. */
  entries(filter: LogFilter): readonly CallRecord[] {
    const { fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY, last, ...of } = filter;
    const fitting = this.log.filter((call) => call.timeMs >= fromMs && call.timeMs < untilMs && fits(call, of));
    return last === undefined ? fitting : fitting.slice(Math.max(0, fitting.length - last));
  }

  #matching(filter: CallFilter): readonly Counter[] {
    return [...this.#counters.values()].filter(({ of }) => fits(of, filter));
  }
}

function fits(call: Counted, { isError, ...fields }: CallFilter): boolean {
  const isWanted = Object.entries(fields).every(([name, value]) => value === undefined || Reflect.get(call, name) === value);
  return isWanted && (isError === undefined || isError === (call.errorCode !== ''));
}
