/** Runs something soon after it was asked for, once for however many times it was asked, and never twice at once. */
export class Debounced {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isAsked = false;
  private isStopped = false;

  constructor(
    private readonly act: () => Promise<void>,
    private readonly delayMs: number,
  ) {}

  /** Asks for a run. */
  touch(afterMs: number = this.delayMs): void {
    this.isAsked = true;
    if (this.isStopped || this.timer || this.running) return;
    this.timer = setTimeout(() => this.run(), afterMs).unref();
  }

  /** Runs no more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private run(): void {
    this.timer = undefined;
    this.isAsked = false;
    this.running = this.act().finally(() => {
      this.running = undefined;
      if (this.isAsked) this.touch();
    });
  }
}
