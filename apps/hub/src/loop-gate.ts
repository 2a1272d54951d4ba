/** After so many who come only now it is the turn of one who had a turn before. */
const mostFreshInARow = 3;

/**
 * Lets so many begin in one turn of the event loop, and the others in the next ones. However many come at once, a turn of the loop is as long as that
 * work takes, and a timer or an answer waits for no longer; and whoever waits for something else holds up nobody. Where things of several owners
 * wait (of members, of readers), each owner has its turn: one that comes with thousands does not make the others wait for all of them, and one that comes
 * only now goes before those who had a turn already; not all of the time, or a stream of new ones would keep the others out for good.
 */
export class LoopGate {
  /** Who waits and had no turn since nobody waited, by whose it is; the owner whose turn it is stands first. */
  private readonly fresh = new Map<string, (() => void)[]>();
  /** Who waits and had a turn. */
  private readonly waiting = new Map<string, (() => void)[]>();
  /** Who had a turn since nobody waited. */
  private readonly served = new Set<string>();
  private freshInARow = 0;
  private begun = 0;
  private isCounting = false;

  constructor(private readonly eachTurn: number) {}

  /** Resolves when it is one's turn: those of an owner in the order in which they came. */
  async enter(owner: string): Promise<void> {
    this.count();
    if (this.begun < this.eachTurn && this.fresh.size + this.waiting.size === 0) {
      this.begun++;
      this.served.add(owner);
      return;
    }
    await new Promise<void>((resolve) => {
      const lines = this.served.has(owner) ? this.waiting : this.fresh;
      const line = lines.get(owner);
      if (line) line.push(resolve);
      else lines.set(owner, [resolve]);
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
      if (this.fresh.size + this.waiting.size === 0) this.served.clear();
      if (this.begun > 0) this.count();
    });
  }

  /** Lets the first of the owner in that has waited for its turn the longest. @returns whether there was one */
  private next(): boolean {
    const isFresh = this.fresh.size > 0 && (this.waiting.size === 0 || this.freshInARow < mostFreshInARow);
    const lines = isFresh ? this.fresh : this.waiting;
    for (const [owner, line] of lines) {
      const begin = line.shift();
      lines.delete(owner);
      if (line.length > 0) this.waiting.set(owner, line);
      this.served.add(owner);
      this.freshInARow = isFresh ? this.freshInARow + 1 : 0;
      begin?.();
      return true;
    }
    return false;
  }
}
