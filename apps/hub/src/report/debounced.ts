/**
 * Runs something soon after it was asked for, once for however many times it was asked, and never twice at once. What takes long runs more rarely:
 * where `share` is given, it takes no more than that of the time, unless it would rest for longer than `mostRestMs`.
 */
export class Debounced {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** After how long it is wanted at the soonest, where it is. */
  private askedMs: number | undefined;
  private isStopped = false;
  private restMs = 0;

  constructor(
    private readonly act: () => Promise<void>,
    private readonly delayMs: number,
    private readonly share = 1,
    private readonly mostRestMs = Infinity,
  ) {}

  /** Asks for a run. */
  touch(afterMs: number = Math.max(this.delayMs, this.restMs)): void {
    this.askedMs = Math.min(this.askedMs ?? Infinity, afterMs);
    if (this.isStopped || this.timer || this.running) return;
    this.timer = setTimeout(() => this.run(), this.askedMs).unref();
  }

  /** Runs no more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private run(): void {
    this.timer = undefined;
    this.askedMs = undefined;
    const beganMs = performance.now();
    this.running = this.act().finally(() => {
      this.running = undefined;
      this.restMs = Math.min((performance.now() - beganMs) * (1 / this.share - 1), this.mostRestMs);
      if (this.askedMs !== undefined) this.touch(Math.max(this.askedMs, this.restMs));
    });
  }
}
