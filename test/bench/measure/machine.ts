import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures were taken on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly kernel: string;
  /** How busy it was with other work when the run began. */
  readonly loadBefore: number;
}

export function machine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    kernel: release(),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}
