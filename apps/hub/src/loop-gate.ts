/**
 * Lets so many begin in one turn of the event loop, and the others in the next ones, in the order in which they came. However many come at once, a
 * turn of the loop is as long as that work takes, and a timer or an answer waits for no longer; and whoever waits for something else holds up nobody.
 */
export class LoopGate {
  private readonly waiting: (() => void)[] = [];
  private begun = 0;
  private isCounting = false;

  constructor(private readonly eachTurn: number) {}

  /** Resolves when it is one's turn. */
  async enter(): Promise<void> {
    this.count();
    if (this.begun < this.eachTurn && this.waiting.length === 0) {
      this.begun++;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Counts anew with each turn, for as long as somebody comes. */
  private count(): void {
    if (this.isCounting) return;
    this.isCounting = true;
    setImmediate(() => {
      const next = this.waiting.splice(0, this.eachTurn);
      this.begun = next.length;
      this.isCounting = false;
      for (const begin of next) begin();
      if (next.length > 0) this.count();
    });
  }
}
