import type { CliIo } from '../cli-io.js';
import { ApiClient } from './api-client.js';
import { connectionFrom } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';

/** The API as the options of the command line say. @throws CliError */
export async function openApi(options: ConnectionOptions, io: CliIo): Promise<ApiClient> {
  return new ApiClient(await connectionFrom(options, io), io.signal);
}
