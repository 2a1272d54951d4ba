import { z } from 'zod';
import { CliError, usageError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import { clusterPath } from '../cluster/cluster-path.js';
import { WatchLine } from '../hub/answers.js';
import type { ApiClient, Query } from '../hub/api-client.js';
import type { ConnectionOptions } from '../hub/connection-options.js';
import { openApi } from '../hub/open-api.js';
import type { WatchOptions } from '../output/output-options.js';
import { listText, WatchPrinter } from '../output/resource-printer.js';
import { resourceKinds } from './resource-kinds.js';
import type { ResourceName } from './resource-names.js';

/** The options of `get` and `cluster list`. */
export interface GetOptions extends ConnectionOptions, WatchOptions {
  readonly namespace?: string;
  readonly cluster?: string;
}

/** What is asked for. */
interface Asked {
  readonly resource: ResourceName;
  readonly name: string | undefined;
  readonly options: GetOptions;
}

/** `get` and `cluster list`: prints what there is, or what changes. @throws CliError */
export async function getResources(resource: ResourceName, name: string | undefined, options: GetOptions, io: CliIo): Promise<void> {
  const asked = { resource, name, options };
  check(asked);
  const api = await openApi(options, io);
  await (options.watch ? watch(asked, api, io) : list(asked, api, io));
}

function check({ resource, options }: Asked): void {
  if (options.outputWatchEvents && !options.watch) throw usageError('--output-watch-events goes with --watch');
  if (resource !== 'clusters') return;
  if (options.cluster !== undefined) throw usageError(`--cluster is not for clusters: lattice-hub get clusters ${options.cluster}`);
  if (options.namespace !== undefined) throw usageError('--namespace is not for clusters, which stand in none');
}

async function list(asked: Asked, api: ApiClient, io: CliIo): Promise<void> {
  const { resource, name, options } = asked;
  const kind = resourceKinds[resource];
  // A cluster is asked for by itself: it is one, and the hub tells where it is not there.
  if (resource === 'clusters' && name !== undefined) {
    const row = kind.row(await api.get(clusterPath(name), {}, z.unknown()));
    io.stdout.write(await listText([row], kind, options.output, io, true));
    return;
  }
  const items = await api.list(kind.path, queryOf(asked));
  const rows = items.map((item) => kind.row(item)).filter((row) => name === undefined || row.names.includes(name));
  if (rows.length === 0 && name !== undefined)
    throw new CliError(`no ${wordsOf(resource)} named ${JSON.stringify(name)} found${scopeOf(options)}`);
  io.stdout.write(await listText(rows, kind, options.output, io));
  if (rows.length === 0) io.stderr.write(`No ${wordsOf(resource)} found${scopeOf(options)}.\n`);
}

async function watch(asked: Asked, api: ApiClient, io: CliIo): Promise<void> {
  const { resource, name, options } = asked;
  const kind = resourceKinds[resource];
  const printer = new WatchPrinter(kind, options.output, options.outputWatchEvents ?? false, io);
  for await (const lines of api.watch(kind.path, queryOf(asked), WatchLine)) {
    const changes = lines
      .map(({ type, object }) => ({ type, row: kind.row(object) }))
      .filter(({ row }) => name === undefined || row.names.includes(name));
    io.stdout.write(await printer.text(changes));
    await io.stdout.drained();
  }
  io.stderr.write('The hub ended the watch, as it does after a while: run it again to go on.\n');
}

function queryOf({ resource, name, options }: Asked): Query {
  const { namespace, cluster } = options;
  return resource === 'clusters' ? {} : { namespace, cluster, ...(isTargetGroupName(resource, name) ? {} : { name }) };
}

/** The API looks for target groups by the name of their export; one that is named itself is looked for here. */
function isTargetGroupName(resource: ResourceName, name: string | undefined): boolean {
  return resource === 'target-groups' && /^k8s-.+-[a-z0-9]{10}$/.test(name ?? '');
}

function wordsOf(resource: ResourceName): string {
  return resource.replace('-', ' ');
}

function scopeOf({ namespace, cluster }: GetOptions): string {
  return `${namespace === undefined ? '' : ` in namespace ${namespace}`}${cluster === undefined ? '' : ` of cluster ${cluster}`}`;
}
