/**
 * Stops something by itself, or with the signal above it. AbortSignal.any does that too, and hangs on the sources by weak references: each is work
 * at every collection of the whole heap, and a fleet has thousands. This one is let go when what it stops has ended.
 */
export class Stop {
  private readonly controller = new AbortController();
  private readonly follow: () => void;

  constructor(private readonly above: AbortSignal) {
    // It has a name first: a function that is written where it is assigned to a property lives until a collection of the whole heap (docs/performance.md).
    const follow = () => this.controller.abort(above.reason);
    this.follow = follow;
    above.addEventListener('abort', follow, { once: true });
    if (above.aborted) follow();
  }

  /** Aborted with the reason of whoever was first: the signal above, or `abort`. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  /** What it stops has ended: nothing of it stays with the signal above, which is not followed any more. */
  end(): void {
    this.above.removeEventListener('abort', this.follow);
  }
}
