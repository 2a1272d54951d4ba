/** How fast events are taken in. */
export interface EventPace {
  readonly eventsPerSecond: number;
  /** How many events may come at once. */
  readonly eventBurst: number;
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

  /** Takes one event. @returns how long to wait before it, in ms */
  take(): number {
    const { eventsPerSecond, eventBurst } = this.pace;
    const nowMs = this.nowMs();
    this.left = Math.min(eventBurst, this.left + ((nowMs - this.atMs) / 1000) * eventsPerSecond) - 1;
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
