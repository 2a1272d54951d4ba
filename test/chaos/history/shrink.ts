/** Plays a part of a history some times and says whether it fails still. */
export type Fails<T> = (part: readonly T[]) => Promise<boolean>;

export interface ShrinkBounds {
  /** How many parts are tried at most. */
  readonly tries: number;
  /** Hears of every part that fails still. */
  readonly tell?: (line: string) => void;
}

/**
 * Delta debugging (Zeller's ddmin): takes away as much of a history as it can while what is left fails still. It ends when nothing more can go, or
 * when enough was tried; what it gives fails in either case.
 */
export async function shrink<T>(history: readonly T[], fails: Fails<T>, { tries, tell }: ShrinkBounds): Promise<readonly T[]> {
  let left = tries;
  let failing = history;
  let pieces = 2;
  while (failing.length > 1 && pieces <= failing.length && left > 0) {
    const size = Math.ceil(failing.length / pieces);
    let smaller: readonly T[] | undefined;
    for (let at = 0; at < failing.length && left > 0 && !smaller; at += size) {
      const without = [...failing.slice(0, at), ...failing.slice(at + size)];
      left--;
      if (await fails(without)) smaller = without;
    }
    if (smaller) {
      failing = smaller;
      pieces = Math.max(pieces - 1, 2);
      tell?.(`${failing.length} events fail still`);
    } else if (size === 1) break;
    else pieces = Math.min(pieces * 2, failing.length);
  }
  return failing;
}

/** What came of shrinking a history. */
export interface Shrunk<T> {
  /** What is left of it. */
  readonly part: readonly T[];
  /** Whether that fails as often as was asked for. Where the whole of it does not, nothing was taken away. */
  readonly isReliable: boolean;
}

/** Shrinks a history by parts that fail in 3 of 5 runs: what fails by chance alone would be shrunk to anything. */
export async function shrinkReliably<T>(history: readonly T[], failsOnce: Fails<T>, bounds: ShrinkBounds): Promise<Shrunk<T>> {
  const fails: Fails<T> = (part) => failsOften(() => failsOnce(part), { atLeast: 3, of: 5 });
  if (!(await fails(history))) return { part: history, isReliable: false };
  return { part: await shrink(history, fails, bounds), isReliable: true };
}

/** Whether something fails in at least so many of so many runs; it stops as soon as that is decided. */
export async function failsOften(
  run: () => Promise<boolean>,
  { atLeast, of }: { readonly atLeast: number; readonly of: number },
): Promise<boolean> {
  let failures = 0;
  for (let done = 0; done < of; done++) {
    if (await run()) failures++;
    if (failures >= atLeast) return true;
    if (failures + (of - done - 1) < atLeast) return false;
  }
  return false;
}
