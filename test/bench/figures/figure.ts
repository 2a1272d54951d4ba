import type { BenchOptions } from '../options.js';
import type { Recorder } from '../report/results.js';
import type { Worlds } from '../world/worlds.js';

/** What a figure works with. */
export interface FigureContext {
  readonly options: BenchOptions;
  readonly recorder: Recorder;
  readonly worlds: Worlds;
}

/** One thing that is measured. It leaves no hub behind. */
export interface Figure {
  readonly name: string;
  /** What `--help` says of it. */
  readonly about: string;
  /** Whether it has counts that are worth a quick run. */
  readonly isQuick: boolean;
  readonly run: (context: FigureContext) => Promise<void>;
}

/** The sizes that are wanted, the largest of them no larger than what was asked for. */
export function sizes(wanted: readonly number[], { isQuick, mostClusters }: BenchOptions): readonly number[] {
  if (isQuick) return [10];
  const largest = Math.min(mostClusters, ...wanted.slice(-1));
  return [...wanted.filter((size) => size < largest), largest];
}
