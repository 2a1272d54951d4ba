/** Where dates of four digits end. */
const lastMs = Date.UTC(9_999, 11, 31);

/** The simulator's one clock: what its resources, sessions and page tokens live by. It runs on a base clock and can be moved forward. */
export class SimulatorClock {
  #offsetMs = 0;

  /** @param base milliseconds since the epoch; `Date.now` where nothing else is given */
  constructor(private readonly base: () => number) {}

  /** Milliseconds since the epoch, moved-forward time included. */
  nowMs(): number {
    return this.base() + this.#offsetMs;
  }

  /** Moves the clock forward. Throws a RangeError for a step back, which AWS's time never takes, and for one past the year 9999. */
  advance(stepMs: number): void {
    if (!Number.isFinite(stepMs) || stepMs < 0) throw new RangeError('the clock moves forward only, by a finite number of milliseconds');
    if (this.nowMs() + stepMs > lastMs) throw new RangeError('the clock goes to the end of the year 9999 and no further');
    this.#offsetMs += stepMs;
  }
}
