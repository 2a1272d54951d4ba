/** A deadline that has not come yet. */
export interface Deadline {
  cancel(): void;
}

interface Entry {
  readonly atMs: number;
  readonly run: () => void;
}

/** How often a clock that is not the machine's own is looked at, in milliseconds of real time. */
const pollMs = 50;

/**
 * Runs things at times of one clock. The machine's own clock is followed exactly. An injected one is looked at every 50 ms while something is
 * due, and at once by `tick()`.
 */
export class Scheduler {
  private readonly entries = new Set<Entry>();
  private timer: NodeJS.Timeout | undefined;
  private aheadMs = 0;

  /** @param injectedNowMs a clock in milliseconds since 1970, or undefined for the machine's own */
  constructor(private readonly injectedNowMs?: () => number) {}

  nowMs(): number {
    return this.aheadMs + (this.injectedNowMs === undefined ? Date.now() : this.injectedNowMs());
  }

  at(atMs: number, run: () => void): Deadline {
    const entry: Entry = { atMs, run };
    this.entries.add(entry);
    this.arm();
    return {
      cancel: () => {
        this.entries.delete(entry);
        if (this.entries.size === 0) this.disarm();
      },
    };
  }

  /** Moves the clock ahead of what it follows, and runs what is due by then. */
  advance(byMs: number): void {
    this.aheadMs += byMs;
    this.tick();
  }

  /** Runs what is due now. */
  tick(): void {
    const nowMs = this.nowMs();
    const due = [...this.entries].filter(({ atMs }) => atMs <= nowMs).toSorted((left, right) => left.atMs - right.atMs);
    for (const entry of due) if (this.entries.delete(entry)) entry.run();
    this.disarm();
    this.arm();
  }

  /** Forgets everything that was to come. */
  stop(): void {
    this.entries.clear();
    this.disarm();
  }

  private arm(): void {
    if (this.entries.size === 0) return;
    let nextMs = Infinity;
    for (const { atMs } of this.entries) nextMs = Math.min(nextMs, atMs);
    const delayMs = this.injectedNowMs === undefined ? Math.min(Math.max(nextMs - this.nowMs(), 0), 2 ** 31 - 1) : pollMs;
    this.disarm();
    this.timer = setTimeout(() => this.tick(), delayMs);
    this.timer.unref();
  }

  private disarm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
