/** Tells a person how far it is, a line a stage, and keeps how long each took. */
export class Progress {
  readonly stagesMs: Record<string, number> = {};

  constructor(private readonly say: (line: string) => void) {}

  /** Runs a stage; its result may say what came of it. */
  async stage<T>(name: string, what: string, act: () => Promise<T>, result?: (value: T) => string): Promise<T> {
    const began = performance.now();
    const value = await act();
    const tookMs = Math.round(performance.now() - began);
    this.stagesMs[name] = tookMs;
    const came = result ? `: ${result(value)}` : '';
    this.say(`  ${what}${came} (${(tookMs / 1000).toFixed(tookMs < 9950 ? 2 : 1)} s)`);
    return value;
  }
}
