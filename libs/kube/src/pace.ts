/** How fast events are taken in. */
export interface EventPace {
  readonly eventsPerSecond: number;
  /** How many events may come at once. */
  readonly eventBurst: number;
}

/** To read so much takes about as long as an event takes that says next to nothing. */
const charactersPerEvent = 8 * 1024;

/** For how many events one counts that is so long. */
export function eventWeight(characters: number): number {
  return Math.max(1, characters / charactersPerEvent);
}

/** Where too many come, so much of a second's worth is waited for together. */
const waitShare = 0.1;

/** Lets events through at a pace, and tells when they come faster and when they do so no more. */
export class Pace {
  private left: number;
  private atMs: number;
  private isThrottled = false;

  constructor(
    private readonly pace: EventPace,
    private readonly nowMs: () => number,
    private readonly told: (isThrottled: boolean) => void,
  ) {
    this.left = pace.eventBurst;
    this.atMs = nowMs();
  }

  /**
   * Takes one event. However long it is, it waits little longer than a second: whoever waits must not look as if nothing came any more.
   * @param weight for how many events it counts
   * @returns how long to wait before it, in ms
   */
  take(weight: number): number {
    const { eventsPerSecond, eventBurst } = this.pace;
    const nowMs = this.nowMs();
    const cost = Math.min(weight, eventsPerSecond);
    this.left = Math.min(eventBurst, this.left + ((nowMs - this.atMs) / 1000) * eventsPerSecond) - cost;
    this.atMs = nowMs;
    if (this.left >= eventBurst / 2) this.tell(false);
    if (this.left >= 0) return 0;
    this.tell(true);
    return ((waitShare * eventsPerSecond - this.left) / eventsPerSecond) * 1000;
  }

  private tell(isThrottled: boolean): void {
    if (this.isThrottled === isThrottled) return;
    this.isThrottled = isThrottled;
    this.told(isThrottled);
  }
}
