/** A deadline that can be stopped and started: only the time in between counts. */
export class Deadline {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private startedAtMs = 0;

  constructor(
    private leftMs: number,
    private readonly nowMs: () => number,
  ) {}

  /** Aborts, with a TimeoutError, when the time is up. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  start(): void {
    if (this.timer) return;
    this.startedAtMs = this.nowMs();
    const late = () => this.controller.abort(new DOMException('no answer in time', 'TimeoutError'));
    this.timer = setTimeout(late, Math.max(this.leftMs, 0)).unref();
  }

  stop(): void {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.leftMs -= this.nowMs() - this.startedAtMs;
  }
}
