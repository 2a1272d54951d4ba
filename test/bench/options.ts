import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** What a run of the bench is asked for. */
export interface BenchOptions {
  /** Counts on small fleets, in a minute; without it the figures on large ones. */
  readonly isQuick: boolean;
  /** The figures to take; all where it is empty. */
  readonly only: readonly string[];
  /** Where the JSON goes. */
  readonly outFile: string | undefined;
  /** The entry of the hub that is measured. */
  readonly hubEntry: string | undefined;
  /** The cores that the hub may use, as taskset names them. */
  readonly hubCores: string | undefined;
  /** No fleet is larger. */
  readonly mostClusters: number;
  /** How many Services a member has where its memory is measured; half as many EndpointSlices again, of ten endpoints each. */
  readonly services: number;
  /** Interleaved pairs for each ratio. */
  readonly pairs: number;
  /** Where the logs of the hubs are kept; nowhere where it is undefined. */
  readonly logs: string | undefined;
  /** Flags for the Node that runs the hub, such as `--cpu-prof`. */
  readonly hubNodeFlags: readonly string[];
}

export const help = `npm run bench -- [options]

  --quick            counts on small fleets, in about a minute; fails on counts, never on clocks
  --only NAME        this figure alone; may be repeated
  --out FILE         write the figures as JSON too
  --clusters N       no fleet larger than this (default 1000)
  --services N       Services of a member where memory is measured (default 50)
  --pairs N          interleaved pairs for each ratio (default 5)
  --hub FILE         the entry of another build of the hub
  --cores LIST       the cores that the hub may use, as taskset names them (default: two of them)
  --logs DIR         keep the logs of the hubs here
  --node-flag FLAG   a flag for the Node that runs the hub, such as --cpu-prof; may be repeated
  --help             this text
`;

/** @throws Error with one line where an option is wrong. Undefined: only help was asked for */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      clusters: { type: 'string', default: '1000' },
      services: { type: 'string', default: '50' },
      pairs: { type: 'string', default: '5' },
      hub: { type: 'string' },
      cores: { type: 'string', default: availableParallelism() > 2 ? '0,1' : '' },
      logs: { type: 'string' },
      'node-flag': { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    isQuick: values.quick,
    only: values.only,
    outFile: values.out,
    hubEntry: values.hub,
    hubCores: values.cores === '' ? undefined : values.cores,
    mostClusters: positive('--clusters', values.clusters),
    services: positive('--services', values.services),
    pairs: positive('--pairs', values.pairs),
    logs: values.logs,
    hubNodeFlags: values['node-flag'],
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number above 0, not ${text}`);
  return value;
}
