/**
 * Lets so many things be done at once, and the others wait for their turn, so that a thousand members at once do not stand in each other's way.
 * Whoever takes longer than a turn lasts goes on, but hands its turn on: a slow one is not waited for.
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(
    private free: number,
    private readonly turnMs: number,
  ) {}

  async take<T>(act: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    };
    const late = setTimeout(end, this.turnMs).unref();
    try {
      return await act();
    } finally {
      clearTimeout(late);
      end();
    }
  }
}
