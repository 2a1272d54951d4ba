/**
 * Lets so many begin in one turn of the event loop, and the others in the next ones. However many come at once, a turn of the loop is as long as that
 * work takes, and a timer or an answer waits for no longer; and whoever waits for something else holds up nobody. Where things of several owners
 * wait (of members, of readers), each owner has its turn: one that comes with thousands does not make the others wait for all of them.
 */
export class LoopGate {
  /** Who waits, by whose it is; the owner whose turn it is stands first. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private begun = 0;
  private isCounting = false;

  constructor(private readonly eachTurn: number) {}

  /** Resolves when it is one's turn: those of an owner in the order in which they came. */
  async enter(owner: string): Promise<void> {
    this.count();
    if (this.begun < this.eachTurn && this.waiting.size === 0) {
      this.begun++;
      return;
    }
    await new Promise<void>((resolve) => {
      const line = this.waiting.get(owner);
      if (line) line.push(resolve);
      else this.waiting.set(owner, [resolve]);
    });
  }

  /** Counts anew with each turn, for as long as somebody comes. */
  private count(): void {
    if (this.isCounting) return;
    this.isCounting = true;
    setImmediate(() => {
      this.begun = 0;
      this.isCounting = false;
      while (this.begun < this.eachTurn && this.next()) this.begun++;
      if (this.begun > 0) this.count();
    });
  }

  /** Lets the first of the owner in that has waited for its turn the longest. @returns whether there was one */
  private next(): boolean {
    for (const [owner, line] of this.waiting) {
      const begin = line.shift();
      this.waiting.delete(owner);
      if (line.length > 0) this.waiting.set(owner, line);
      begin?.();
      return true;
    }
    return false;
  }
}
