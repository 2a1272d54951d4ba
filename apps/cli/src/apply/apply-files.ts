import { CliError, usageError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import { Applied } from '../hub/answers.js';
import type { ApiClient } from '../hub/api-client.js';
import type { ConnectionOptions } from '../hub/connection-options.js';
import { HubRefusal } from '../hub/hub-refusal.js';
import { openApi } from '../hub/open-api.js';
import { oneLine } from '../output/printable.js';
import { readTextFile } from '../read-text-file.js';

/** The options of `apply`. */
export interface ApplyOptions extends ConnectionOptions {
  readonly filename: readonly string[];
  readonly namespace: string;
  readonly dryRun?: boolean;
}

/** The most that the hub takes in one request, in bytes. */
const mostBytes = 1024 * 1024;

interface Source {
  readonly name: string;
  readonly text: string;
}

/**
 * `apply`: sends each file as it is. All are read before the first is sent; what the hub has applied stays where a later file is refused.
 * @throws CliError which names the file
 */
export async function applyFiles(options: ApplyOptions, io: CliIo): Promise<void> {
  if (options.filename.filter((file) => file === '-').length > 1) throw usageError('-f - can be given once: stdin is read once');
  const sources: Source[] = [];
  for (const file of options.filename) sources.push(await read(file, io));
  const api = await openApi(options, io);
  for (const source of sources) io.stdout.write(await apply(source, options, api));
}

async function read(file: string, io: CliIo): Promise<Source> {
  const source =
    file === '-'
      ? { name: 'stdin', text: await io.stdin.text(mostBytes) }
      : { name: file, text: await readTextFile(file, io, 'what is to be applied') };
  if (source.text.trim() === '') throw new CliError(`${source.name} is empty`);
  if (Buffer.byteLength(source.text) > mostBytes) throw new CliError(`${source.name} is longer than ${mostBytes} bytes: apply it in parts`);
  return source;
}

async function apply({ name, text }: Source, options: ApplyOptions, api: ApiClient): Promise<string> {
  const query = { namespace: options.namespace, dryRun: options.dryRun ? '1' : undefined };
  try {
    const { items } = await api.call({ method: 'POST', path: 'apply', query, body: text }, Applied);
    const how = options.dryRun ? 'applied (server dry run)' : 'applied';
    return items.map((item) => `${oneLine(`${item.kind.toLowerCase()}/${item.name}`)} ${how}\n`).join('');
  } catch (error) {
    if (error instanceof HubRefusal && error.status !== 401) throw new CliError(`${name}: ${error.message}`);
    throw error;
  }
}
