import { CliError, usageError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import { readTextFile } from '../read-text-file.js';
import { defaultServer, type ConnectionOptions } from './connection-options.js';

/** How the hub is reached. */
export interface Connection {
  readonly server: URL;
  readonly token: string;
  /** Where the token came from, in words. */
  readonly tokenSource: string;
  /** What the hub's certificate is trusted by, PEM; else what Node trusts. */
  readonly ca?: string;
  readonly requestTimeoutMs: number;
}

/**
 * Puts together how the hub is reached, from options, the environment and the operator's kubeconfig.
 * @throws CliError
 */
export async function connectionFrom(options: ConnectionOptions, io: CliIo): Promise<Connection> {
  const server = serverUrl(options.server ?? setIn(io.env, 'LATTICE_HUB_URL') ?? defaultServer);
  const caFile = options.caFile ?? setIn(io.env, 'LATTICE_HUB_CA_FILE');
  const ca = caFile === undefined ? undefined : await readCertificates(caFile, io);
  const { token, source } = await findToken(options, io);
  if (!/^[\x21-\x7e]{1,16384}$/.test(token)) throw new CliError(`the token from ${source} is not one line of printable characters`);
  return { server, token, tokenSource: source, requestTimeoutMs: options.requestTimeout * 1000, ...(ca !== undefined && { ca }) };
}

function setIn(env: CliIo['env'], name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

function serverUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw usageError(`the address of the hub (--server, LATTICE_HUB_URL) must be a URL such as https://hub.example.com`);
  if (url.username || url.password) throw usageError('the address of the hub must hold no user and no password: pass a token');
  if (url.search || url.hash) throw usageError('the address of the hub must hold no query and no fragment');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw usageError(
      `${url.origin} is refused: over plain http the token could be read on its way. Use https, or http to 127.0.0.1 through a tunnel (kubectl port-forward)`,
    );
  }
  return url;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

async function readCertificates(path: string, io: CliIo): Promise<string> {
  const text = await readTextFile(path, io, 'the certificates (--ca-file, LATTICE_HUB_CA_FILE)');
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new CliError(`${path} (--ca-file, LATTICE_HUB_CA_FILE) holds no PEM certificate`);
  return text;
}

async function findToken(options: ConnectionOptions, io: CliIo): Promise<{ readonly token: string; readonly source: string }> {
  if (options.token !== undefined) return { token: options.token, source: '--token' };
  if (options.tokenFile !== undefined) {
    const token = (await readTextFile(options.tokenFile, io, 'the token (--token-file)')).trim();
    return { token, source: `--token-file ${options.tokenFile}` };
  }
  const fromEnvironment = setIn(io.env, 'LATTICE_HUB_TOKEN');
  if (fromEnvironment !== undefined) return { token: fromEnvironment, source: 'LATTICE_HUB_TOKEN' };
  const { currentContextToken } = await import('../kubeconfig/context-token.js');
  return currentContextToken(io);
}
