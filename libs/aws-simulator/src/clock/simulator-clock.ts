/** The simulator's one clock: what its resources, sessions and page tokens live by. It runs on a base clock and can be moved forward. */
export class SimulatorClock {
  #offsetMs = 0;

  /** @param base milliseconds since the epoch; `Date.now` where nothing else is given */
  constructor(private readonly base: () => number) {}

  /** Milliseconds since the epoch, moved-forward time included. */
  nowMs(): number {
    return this.base() + this.#offsetMs;
  }

  /** Moves the clock forward. Throws a RangeError for a negative or endless step: AWS's time never goes back. */
  advance(stepMs: number): void {
    if (!Number.isFinite(stepMs) || stepMs < 0) throw new RangeError('the clock moves forward only, by a finite number of milliseconds');
    this.#offsetMs += stepMs;
  }
}
