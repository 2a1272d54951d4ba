import { setImmediate as othersFirst } from 'node:timers/promises';

/** One item of a list, with its place in the order and its text as the API sends it. */
export interface FeedEntry<T> {
  readonly key: string;
  readonly item: T;
  readonly text: string;
}

/** What became different in a list. */
export interface FeedChange<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly entry: FeedEntry<T>;
}

/** A watcher was so slow that what it misses is not kept any more. */
export class FellBehind extends Error {
  override readonly name = 'FellBehind';
}

export interface FeedOptions<T> {
  /** Everything that the list holds, for a reader who may see all. What is the same object as before is taken for unchanged. */
  readonly read: () => Promise<readonly T[]>;
  /** Nobody has asked for a while: what `read` keeps for the next time may go. */
  readonly forget?: () => void;
  /** Unlike for any two items; the list is in its order, and a page goes on after it. */
  readonly keyOf: (item: T) => string;
  /** How old an answer may be at least; a list that is dear to make may be older. */
  readonly leastAgeMs: number;
  /** How often watchers are told what is different: each telling is a write to each of them. */
  readonly tellEveryMs: number;
  /** A list that nobody has asked for in so long is kept no longer: that of a large fleet is large. */
  readonly unusedMs: number;
  readonly nowMs: () => number;
}

interface State<T> {
  readonly entries: readonly FeedEntry<T>[];
  readonly byKey: ReadonlyMap<string, FeedEntry<T>>;
  /** What was made of it for whoever sees all of it, by what was asked. */
  readonly made: Map<string, Buffer>;
}

interface Step<T> {
  readonly version: number;
  readonly changes: readonly FeedChange<T>[];
}

/** How many different questions about one state of a list are answered once for all. */
const mostShared = 100;
/** How many changes are kept for watchers that are a little behind. */
const mostKept = 20_000;
/** So many items are looked at, and so many watchers told, in one go: whoever reconciles does not wait for longer. */
const atOnce = { items: 100, watchers: 4 };
/** A list is made for at most this part of the time, so that who reads does not slow down what reconciles. */
const mostShareOfTime = 0.1;
/** On a busy hub most of that is time in which others went first. */
const mostAgeMs = 5000;

/**
 * One list of the API, made once for all who read or watch it, however many they are: it is read anew when it is too old, and watchers share the
 * differences. Nothing is buffered for a watcher: one that falls behind what is kept for all is told so.
 */
export class ListFeed<T extends object> {
  private state: State<T> = nothing();
  private readonly entries = new WeakMap<T, FeedEntry<T>>();
  private usedAtMs = -Infinity;
  private forgetting: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;
  private staleAtMs = -Infinity;
  private toldAtMs = -Infinity;
  /** The version that watchers were told of last. */
  private told = 0;
  private version = 0;
  private steps: Step<T>[] = [];
  private kept = 0;
  /** What watchers were given last: those who are as far get the very same. */
  private given: { readonly from: number; readonly to: number; readonly changes: readonly FeedChange<T>[] } | undefined;
  private watchers = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<{ readonly wake: () => void; readonly fail: (error: Error) => void }>();

  constructor(private readonly options: FeedOptions<T>) {}

  /** The list as it is now, or was a moment ago. @throws whatever the reading of it throws */
  async current(): Promise<readonly FeedEntry<T>[]> {
    await this.refresh();
    return this.state.entries;
  }

  /**
   * What `make` makes of the list as it is now: once for all who ask the same and may see all of it.
   * @throws whatever the reading of the list or `make` throws
   */
  async shared(asked: string, make: (entries: readonly FeedEntry<T>[]) => Promise<string>): Promise<Buffer> {
    await this.refresh();
    const { made, entries } = this.state;
    const known = made.get(asked);
    if (known) return known;
    const text = Buffer.from(await make(entries));
    if (made.size < mostShared) made.set(asked, text);
    return text;
  }

  /**
   * What there is, and then what is different, as it comes; watchers that are as far get the same array. Ends with the signal.
   * @throws FellBehind, and whatever the reading of the list throws
   */
  async *watch(signal: AbortSignal): AsyncGenerator<readonly FeedChange<T>[]> {
    this.watchers++;
    try {
      await this.refresh();
      let { version } = this;
      yield this.state.entries.map((entry) => ({ type: 'ADDED', entry }));
      while (!signal.aborted) {
        await this.later(version, signal);
        if (signal.aborted) return;
        // What others are told of may have been there already when this one came.
        if (this.version === version) continue;
        const changes = this.since(version);
        ({ version } = this);
        yield changes;
      }
    } finally {
      this.watchers--;
      if (this.watchers === 0) this.forgetSteps();
    }
  }

  private refresh(): Promise<void> {
    this.usedAtMs = this.options.nowMs();
    if (this.options.nowMs() < this.staleAtMs) return Promise.resolve();
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async read(): Promise<void> {
    const { read, leastAgeMs, nowMs, unusedMs } = this.options;
    const beganMs = nowMs();
    const entries = (await read()).map((item) => this.entryOf(item)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const next: State<T> = { entries, byKey: new Map(entries.map((entry) => [entry.key, entry])), made: new Map() };
    // Who comes without a watcher before or after needs no differences.
    if (this.watchers > 0) this.note(await differences(this.state, next));
    this.state = next;
    this.staleAtMs = nowMs() + Math.max(leastAgeMs, Math.min((nowMs() - beganMs) / mostShareOfTime, mostAgeMs));
    this.forgetting ??= setTimeout(() => this.forgetUnused(), unusedMs).unref();
  }

  private entryOf(item: T): FeedEntry<T> {
    let entry = this.entries.get(item);
    if (!entry) this.entries.set(item, (entry = new LazyEntry(this.options.keyOf(item), item)));
    return entry;
  }

  private forgetUnused(): void {
    const { unusedMs, nowMs, forget } = this.options;
    this.forgetting = undefined;
    const leftMs = this.usedAtMs + unusedMs - nowMs();
    if (this.watchers > 0 || this.reading || leftMs > 0) {
      this.forgetting = setTimeout(() => this.forgetUnused(), Math.max(leftMs, unusedMs / 10)).unref();
      return;
    }
    this.state = nothing();
    this.staleAtMs = -Infinity;
    forget?.();
  }

  private note(changes: readonly FeedChange<T>[]): void {
    if (changes.length === 0) return;
    this.version++;
    this.steps.push({ version: this.version, changes });
    this.kept += changes.length;
    while (this.kept > mostKept && this.steps.length > 1) this.kept -= this.steps.shift()?.changes.length ?? 0;
  }

  /** Watchers are told together, at a pace of their own, however often the list is read meanwhile. */
  private async tell(): Promise<void> {
    if (this.told === this.version) return;
    this.told = this.version;
    const waiters = [...this.waiting];
    this.waiting.clear();
    for (const [index, waiter] of waiters.entries()) {
      if (index > 0 && index % atOnce.watchers === 0) await othersFirst();
      waiter.wake();
    }
  }

  private forgetSteps(): void {
    this.steps = [];
    this.kept = 0;
    this.given = undefined;
  }

  private since(version: number): readonly FeedChange<T>[] {
    if (this.given?.from === version && this.given.to === this.version) return this.given.changes;
    const steps = this.steps.filter((step) => step.version > version);
    if (steps[0]?.version !== version + 1) throw new FellBehind('the reader was too slow for the changes');
    const changes = steps.flatMap((step) => step.changes);
    this.given = { from: version, to: this.version, changes };
    return changes;
  }

  /** Resolves when there is something newer, or the signal ends. */
  private async later(version: number, signal: AbortSignal): Promise<void> {
    if (this.told > version) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { wake: () => resolve(), fail: reject };
    this.waiting.add(waiter);
    signal.addEventListener('abort', waiter.wake, { once: true });
    this.poll();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', waiter.wake);
      this.waiting.delete(waiter);
    }
  }

  private async look(): Promise<void> {
    try {
      await this.refresh();
      await this.tell();
      this.poll();
    } catch (error) {
      for (const waiter of this.waiting) waiter.fail(error as Error);
      this.waiting.clear();
    }
  }

  /** Goes on reading for as long as somebody waits. */
  private poll(): void {
    if (this.timer || this.waiting.size === 0) return;
    const { nowMs, tellEveryMs } = this.options;
    const inMs = Math.max(0, this.staleAtMs - nowMs(), this.toldAtMs + tellEveryMs - nowMs());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.toldAtMs = nowMs();
      void this.look();
    }, inMs).unref();
  }
}

/** An item whose text is made when somebody asks for it, once. */
class LazyEntry<T> implements FeedEntry<T> {
  private made: string | undefined;

  constructor(
    readonly key: string,
    readonly item: T,
  ) {}

  get text(): string {
    return (this.made ??= JSON.stringify(this.item));
  }
}

function nothing<T>(): State<T> {
  return { entries: [], byKey: new Map(), made: new Map() };
}

async function differences<T>(before: State<T>, now: State<T>): Promise<readonly FeedChange<T>[]> {
  const changes: FeedChange<T>[] = [];
  for (const [index, entry] of now.entries.entries()) {
    if (index > 0 && index % atOnce.items === 0) await othersFirst();
    const known = before.byKey.get(entry.key);
    if (known === entry || known?.text === entry.text) continue;
    changes.push({ type: known ? 'MODIFIED' : 'ADDED', entry });
  }
  for (const entry of before.entries) if (!now.byKey.has(entry.key)) changes.push({ type: 'DELETED', entry });
  return changes;
}
