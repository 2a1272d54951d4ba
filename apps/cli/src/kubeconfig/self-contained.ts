import { stringify } from 'yaml';
import { CliError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import { readTextFile } from '../read-text-file.js';
import { contextNamed, pathIn, type Entry, type LocalContext, type LocalKubeconfig } from './local-kubeconfig.js';

/** A kubeconfig of one context that holds data only, as the hub takes it. */
export interface SelfContained {
  readonly yaml: string;
  /** The token in it, where it holds one. */
  readonly token: string | undefined;
}

const asToken = 'put in the token of a ServiceAccount of that cluster (how: lattice-hub cluster add --help)';

/** What a cluster entry must not hold, and what to do instead. */
const refusedOfCluster: Readonly<Record<string, string>> = {
  'proxy-url': 'the hub connects by itself and follows no proxy; leave it out, and see that the hub reaches the server',
  'insecure-skip-tls-verify': 'the hub checks certificates; put in the certificate as certificate-authority-data instead',
};

/** What a user entry must not hold, and what to do instead. */
const refusedOfUser: Readonly<Record<string, string>> = {
  exec: `the hub runs no commands; ${asToken}`,
  'auth-provider': `the hub runs no auth providers; ${asToken}`,
  username: `Kubernetes has no passwords any more; ${asToken}`,
  password: `Kubernetes has no passwords any more; ${asToken}`,
  as: 'the hub does not impersonate; use the identity itself',
  'as-uid': 'the hub does not impersonate; use the identity itself',
  'as-groups': 'the hub does not impersonate; use the identity itself',
  'as-user-extra': 'the hub does not impersonate; use the identity itself',
};

const knownOfCluster = new Set([
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'tls-server-name',
  'disable-compression',
  'extensions',
]);
const knownOfUser = new Set([
  'token',
  'tokenFile',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'extensions',
]);

/**
 * Takes one context out of the operator's kubeconfig and puts in what it names by path: the files are the operator's own, on the operator's own
 * machine. What the hub would not follow is refused here, before anything is sent.
 * @throws CliError which names the field and what to do; never a value
 */
export async function selfContained(kubeconfig: LocalKubeconfig, contextName: string, io: Pick<CliIo, 'readFile'>): Promise<SelfContained> {
  const context = contextNamed(kubeconfig, contextName);
  const refuse = (field: string, fix: string) => new CliError(`${kubeconfig.source}: ${field}: ${fix}`);
  const at = fieldsOf(context);
  check(context.cluster, at.cluster, refusedOfCluster, knownOfCluster, refuse);
  check(context.user, at.user, refusedOfUser, knownOfUser, refuse);
  const server = serverOf(context.cluster, `${at.cluster}.server`, refuse);
  const ca = await dataOf(context.cluster, 'certificate-authority', at.cluster, io);
  const serverName = textOf(context.cluster, 'tls-server-name');
  const cert = await dataOf(context.user, 'client-certificate', at.user, io);
  const key = await dataOf(context.user, 'client-key', at.user, io);
  const token = await tokenOf(context.user, at.user, io);
  if ((cert === undefined) !== (key === undefined)) throw refuse(at.user, 'client-certificate and client-key go together');
  if (token === undefined && cert === undefined) throw refuse(at.user, `must hold a token or a client certificate; ${asToken}`);
  const yaml = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'member',
    contexts: [{ name: 'member', context: { cluster: 'member', user: 'member' } }],
    clusters: [{ name: 'member', cluster: withoutUndefined({ server, 'certificate-authority-data': ca, 'tls-server-name': serverName }) }],
    users: [{ name: 'member', user: withoutUndefined({ token, 'client-certificate-data': cert, 'client-key-data': key }) }],
  });
  return { yaml, token };
}

function fieldsOf({ clusterName, userName }: LocalContext) {
  return { cluster: `clusters[${clusterName}].cluster`, user: `users[${userName}].user` };
}

type Refuse = (field: string, fix: string) => CliError;

function check({ fields }: Entry, at: string, refused: Readonly<Record<string, string>>, known: ReadonlySet<string>, refuse: Refuse): void {
  for (const [name, value] of Object.entries(fields)) {
    // Tools write these fields with nothing in them.
    if (value === undefined || value === null || value === false || value === '') continue;
    const fix = refused[name];
    if (fix !== undefined) throw refuse(`${at}.${name}`, fix);
    if (!known.has(name)) throw refuse(`${at}.${name}`, 'is not known to the hub; leave it out');
  }
}

function serverOf(cluster: Entry, field: string, refuse: Refuse): string {
  const text = textOf(cluster, 'server');
  const url = URL.parse(text ?? '');
  if (text === undefined || !url) throw refuse(field, 'must be a URL, https://…');
  if (url.protocol !== 'https:') throw refuse(field, 'must be https: over anything else the credentials could be read on their way');
  if (url.username || url.password) throw refuse(field, 'must hold no user and no password');
  if (url.search || url.hash) throw refuse(field, 'must hold no query and no fragment');
  return text;
}

/** The data of a certificate or key, in base64: what stands in the kubeconfig, else the file that it names. */
async function dataOf(entry: Entry, name: string, at: string, io: Pick<CliIo, 'readFile'>): Promise<string | undefined> {
  const data = textOf(entry, `${name}-data`);
  const path = textOf(entry, name);
  if (data !== undefined || path === undefined) return data;
  return Buffer.from(await readTextFile(pathIn(entry, path), io, `${at}.${name}`)).toString('base64');
}

/** kubectl prefers the file: it is the one that is renewed. */
async function tokenOf(user: Entry, at: string, io: Pick<CliIo, 'readFile'>): Promise<string | undefined> {
  const path = textOf(user, 'tokenFile');
  return path === undefined ? textOf(user, 'token') : (await readTextFile(pathIn(user, path), io, `${at}.tokenFile`)).trim();
}

function textOf({ fields }: Entry, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function withoutUndefined(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined));
}
