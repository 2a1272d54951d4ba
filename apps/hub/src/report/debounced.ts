/**
 * Runs something soon after it was asked for, once for however many times it was asked, and never twice at once. What takes long runs more rarely:
 * where `share` is given, it takes no more than that of the time, unless it would rest for longer than `mostRestMs`.
 */
export class Debounced {
  private timer: { readonly dueMs: number; readonly handle: NodeJS.Timeout } | undefined;
  private running: Promise<void> | undefined;
  /** After how long it is wanted at the soonest once what runs has ended, where it is. */
  private askedMs: number | undefined;
  private isStopped = false;
  private notBeforeMs = 0;
  private restMs = 0;

  constructor(
    private readonly act: () => Promise<void>,
    private readonly delayMs: number,
    private readonly share = 1,
    private readonly mostRestMs = Infinity,
  ) {}

  /** Asks for a run. Who asks for an earlier one than is asked for already has it. */
  touch(afterMs: number = Math.max(this.delayMs, this.restMs)): void {
    if (this.isStopped) return;
    if (this.running) {
      this.askedMs = Math.min(this.askedMs ?? Infinity, afterMs);
      return;
    }
    const nowMs = performance.now();
    const dueMs = Math.max(nowMs + afterMs, this.notBeforeMs);
    if (this.timer && this.timer.dueMs <= dueMs) return;
    clearTimeout(this.timer?.handle);
    this.timer = { dueMs, handle: setTimeout(() => this.run(), dueMs - nowMs).unref() };
  }

  /** Asks for a run after so long and no sooner, whoever asks meanwhile: what has failed is not tried again all the time. */
  again(afterMs: number): void {
    this.notBeforeMs = performance.now() + afterMs;
    this.touch(afterMs);
  }

  /** Runs no more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer?.handle);
    await this.running;
  }

  private run(): void {
    this.timer = undefined;
    const beganMs = performance.now();
    this.running = this.act().finally(() => {
      this.running = undefined;
      this.restMs = Math.min((performance.now() - beganMs) * (1 / this.share - 1), this.mostRestMs);
      const { askedMs } = this;
      this.askedMs = undefined;
      if (askedMs !== undefined) this.touch(Math.max(askedMs, this.restMs));
    });
  }
}
