import { parse } from 'yaml';
import { z } from 'zod';
import type { ApiEndpoint } from './api-endpoint.js';

/** A kubeconfig that the hub does not follow. It names the field and what to do, and never a value that could be secret. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
  readonly field: string;

  constructor(
    field: string,
    readonly fix: string,
  ) {
    const short = shortened(field);
    super(`kubeconfig: ${short}: ${fix}`);
    this.field = short;
  }
}

/** The names in a field are a stranger's, of any length, and they go into conditions. */
const maxField = 300;

function shortened(field: string): string {
  return field.length <= maxField ? field : `${field.slice(0, maxField - 1)}…`;
}

/** What must not be in a cluster of a member's kubeconfig, and what to do instead. */
const refusedOfCluster: Readonly<Record<string, string>> = {
  'certificate-authority': 'file paths are not read; put the certificate in as certificate-authority-data',
  'proxy-url': 'proxies are not followed; the hub connects by itself',
};

/** What must not be in a user of a member's kubeconfig, and what to do instead. */
const refusedOfUser: Readonly<Record<string, string>> = {
  exec: 'commands are not run; put in the token of a ServiceAccount',
  'auth-provider': 'auth providers are not run; put in the token of a ServiceAccount',
  tokenFile: 'file paths are not read; put the token in as token',
  'client-certificate': 'file paths are not read; put the certificate in as client-certificate-data',
  'client-key': 'file paths are not read; put the key in as client-key-data',
  username: 'Kubernetes has no passwords any more; put in the token of a ServiceAccount',
  password: 'Kubernetes has no passwords any more; put in the token of a ServiceAccount',
  as: 'impersonation is not used; put in the token of the identity itself',
  'as-uid': 'impersonation is not used; put in the token of the identity itself',
  'as-groups': 'impersonation is not used; put in the token of the identity itself',
  'as-user-extra': 'impersonation is not used; put in the token of the identity itself',
};

const named = <T extends z.ZodType>(name: string, value: T) => z.looseObject({ name: z.string(), [name]: value });

const Cluster = z.looseObject({
  server: z.string(),
  'certificate-authority-data': z.string().optional(),
  'tls-server-name': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
});

const User = z.looseObject({
  token: z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key-data': z.string().optional(),
});

const Kubeconfig = z.looseObject({
  'current-context': z.string().optional(),
  clusters: z.array(named('cluster', Cluster)).default([]),
  contexts: z.array(named('context', z.looseObject({ cluster: z.string(), user: z.string() }))).default([]),
  users: z.array(named('user', User)).default([]),
});

const allowedOfCluster = new Set([
  'server',
  'certificate-authority-data',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'disable-compression',
  'extensions',
]);
const allowedOfUser = new Set(['token', 'client-certificate-data', 'client-key-data', 'extensions']);

/** The longest kubeconfig that is looked at, in characters. */
const maxLength = 512 * 1024;

/**
 * Reads a member's kubeconfig against a list of what is allowed: it is a stranger's word, and no loader ever sees it. Only its current context
 * counts.
 * @throws KubeconfigError
 */
export function readMemberKubeconfig(text: string): ApiEndpoint {
  const config = parseYaml(text);
  const contextName = config['current-context'];
  const context = config.contexts.find((c) => c.name === contextName)?.context as { cluster: string; user: string } | undefined;
  if (!contextName || !context) throw new KubeconfigError('current-context', 'must name one of the contexts');
  const cluster = config.clusters.find((c) => c.name === context.cluster)?.cluster as z.infer<typeof Cluster> | undefined;
  if (!cluster) throw new KubeconfigError(`contexts[${contextName}].context.cluster`, 'must name one of the clusters');
  const user = config.users.find((u) => u.name === context.user)?.user as z.infer<typeof User> | undefined;
  if (!user) throw new KubeconfigError(`contexts[${contextName}].context.user`, 'must name one of the users');
  const at = { cluster: `clusters[${context.cluster}].cluster`, user: `users[${context.user}].user` };
  refuse(cluster, refusedOfCluster, allowedOfCluster, at.cluster);
  refuse(user, refusedOfUser, allowedOfUser, at.user);
  if (cluster['insecure-skip-tls-verify']) {
    throw new KubeconfigError(`${at.cluster}.insecure-skip-tls-verify`, 'must not be true; put in certificate-authority-data');
  }
  const serverName = cluster['tls-server-name'];
  const ca = pem(cluster['certificate-authority-data'], `${at.cluster}.certificate-authority-data`);
  return {
    server: serverOf(cluster.server, `${at.cluster}.server`),
    ...(ca !== undefined && { ca }),
    ...(serverName && { serverName }),
    ...credentialsOf(user, at.user),
  };
}

function parseYaml(text: string): z.infer<typeof Kubeconfig> {
  if (text.length > maxLength)
    throw new KubeconfigError('the text', `is longer than ${maxLength} characters; keep the one context that is meant`);
  let raw: unknown;
  try {
    // Aliases are bounded, so that a small text can't unfold into a huge one. A warning would print the line that it is about, token and all.
    raw = parse(text, { maxAliasCount: 20, logLevel: 'error' });
  } catch {
    throw new KubeconfigError('the text', 'is not YAML');
  }
  const parsed = Kubeconfig.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new KubeconfigError(issue?.path.map(String).join('.') || 'the text', issue?.message ?? 'is not a kubeconfig');
}

function refuse(object: object, refused: Readonly<Record<string, string>>, allowed: ReadonlySet<string>, at: string): void {
  for (const key of Object.keys(object)) {
    const fix = Object.hasOwn(refused, key) ? refused[key] : undefined;
    if (fix !== undefined) throw new KubeconfigError(`${at}.${key}`, fix);
    if (!allowed.has(key)) throw new KubeconfigError(`${at}.${key}`, 'is not known to the hub; leave it out');
  }
}

function serverOf(text: string, field: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new KubeconfigError(field, 'must be a URL, https://…');
  }
  if (url.protocol !== 'https:') throw new KubeconfigError(field, 'must be https');
  if (url.username || url.password) throw new KubeconfigError(field, 'must hold no user and no password');
  if (url.search || url.hash) throw new KubeconfigError(field, 'must hold no query and no fragment');
  return url;
}

function credentialsOf(user: z.infer<typeof User>, at: string): Pick<ApiEndpoint, 'token' | 'cert' | 'key'> {
  const cert = pem(user['client-certificate-data'], `${at}.client-certificate-data`);
  const key = pem(user['client-key-data'], `${at}.client-key-data`);
  if ((cert === undefined) !== (key === undefined))
    throw new KubeconfigError(at, 'client-certificate-data and client-key-data go together');
  if (user.token !== undefined && !/^[\x21-\x7e]+$/.test(user.token))
    throw new KubeconfigError(`${at}.token`, 'must be one line of printable characters');
  if (user.token === undefined && cert === undefined)
    throw new KubeconfigError(at, 'must hold a token, or a client certificate with its key');
  return { ...(user.token !== undefined && { token: user.token }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

function pem(base64: string | undefined, field: string): string | undefined {
  if (base64 === undefined || base64 === '') return undefined;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  if (!text.includes('-----BEGIN ')) throw new KubeconfigError(field, 'must be PEM in base64');
  return text;
}
