/**
 * A deadline that can be stopped and started: only the time in between counts. It ends with the signal above it, too. A signal made of two by
 * AbortSignal.any stays, with all that hangs on it, until the whole heap is collected, and is work there; this one is let go with its end. A
 * function that is written where it is assigned to a property stays as long (docs/performance.md), so this one has a name first.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private startedAtMs = 0;
  private readonly follow: () => void;

  constructor(
    private leftMs: number,
    private readonly nowMs: () => number,
    private readonly above: AbortSignal,
  ) {
    const follow = () => this.controller.abort(above.reason);
    this.follow = follow;
    above.addEventListener('abort', follow, { once: true });
    if (above.aborted) follow();
  }

  /** Aborts, with a TimeoutError, when the time is up, or with the reason of the signal above. */
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

  /** Nobody waits any more: nothing of it stays with the signal above. */
  end(): void {
    this.stop();
    this.above.removeEventListener('abort', this.follow);
  }
}
