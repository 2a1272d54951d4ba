import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import { readTextFile } from '../read-text-file.js';

const Named = z.looseObject({ name: z.string() });
const Context = Named.extend({ context: z.looseObject({ cluster: z.string().default(''), user: z.string().default('') }) });
const Cluster = Named.extend({ cluster: z.looseObject({}) });
const User = Named.extend({ user: z.looseObject({}).nullish() });

/** Lists are null where kubectl has emptied them. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);

const KubeconfigFile = z.looseObject({
  'current-context': z.string().nullish(),
  contexts: listOf(Context),
  clusters: listOf(Cluster),
  users: listOf(User),
});

/** An entry of a kubeconfig, with the directory that the paths in it start from. */
export interface Entry {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly directory: string;
}

/** The operator's own kubeconfig. */
export interface LocalKubeconfig {
  /** The file or files, in words. */
  readonly source: string;
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, { readonly cluster: string; readonly user: string }>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** One context with the cluster and the user that it names. */
export interface LocalContext {
  readonly name: string;
  readonly clusterName: string;
  readonly cluster: Entry;
  readonly userName: string;
  readonly user: Entry;
}

/**
 * Reads the operator's kubeconfig: the file that is named, else those of KUBECONFIG, else ~/.kube/config. Of several files the first that names
 * something counts, and one that is missing is passed over, as kubectl has it.
 * @throws CliError
 */
export async function readLocalKubeconfig(path: string | undefined, io: CliIo): Promise<LocalKubeconfig> {
  if (path !== undefined) return merge([await readOne(path, io)], path);
  const fromEnvironment = (io.env['KUBECONFIG'] ?? '').split(delimiter).filter((each) => each !== '');
  const paths = fromEnvironment.length > 0 ? fromEnvironment : [join(io.homeDirectory, '.kube', 'config')];
  const files: KubeconfigFileAt[] = [];
  for (const each of paths) {
    const file = await readIfThere(each, io);
    if (file) files.push(file);
  }
  const source = paths.join(delimiter);
  if (files.length === 0) throw new CliError(`there is no kubeconfig at ${source} (KUBECONFIG can name another)`);
  return merge(files, source);
}

/**
 * A context, with everything that it names.
 * @throws CliError which names the contexts that there are
 */
export function contextNamed(kubeconfig: LocalKubeconfig, name: string): LocalContext {
  const { contexts, source } = kubeconfig;
  const context = contexts.get(name);
  if (!context) {
    const names = [...contexts.keys()];
    const known = names.length === 0 ? 'it has none' : `it has ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
    throw new CliError(`there is no context ${JSON.stringify(name)} in ${source}: ${known}`);
  }
  const cluster = kubeconfig.clusters.get(context.cluster);
  if (!cluster) throw new CliError(`${source}: contexts[${name}].context.cluster: must name one of the clusters`);
  const user = kubeconfig.users.get(context.user);
  if (!user) throw new CliError(`${source}: contexts[${name}].context.user: must name one of the users`);
  return { name, clusterName: context.cluster, cluster, userName: context.user, user };
}

/** The path that an entry names, as kubectl follows it: from the directory of its file. */
export function pathIn(entry: Entry, path: string): string {
  return isAbsolute(path) ? path : join(entry.directory, path);
}

interface KubeconfigFileAt {
  readonly directory: string;
  readonly content: z.infer<typeof KubeconfigFile>;
}

async function readIfThere(path: string, io: CliIo): Promise<KubeconfigFileAt | undefined> {
  let text: string;
  try {
    text = await io.readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    text = await readTextFile(path, io, 'the kubeconfig');
  }
  return { directory: dirname(path), content: parseKubeconfig(text, path) };
}

async function readOne(path: string, io: CliIo): Promise<KubeconfigFileAt> {
  return { directory: dirname(path), content: parseKubeconfig(await readTextFile(path, io, 'the kubeconfig'), path) };
}

/** What is wrong is told by its place alone: the text around it may be a secret. */
function parseKubeconfig(text: string, path: string): z.infer<typeof KubeconfigFile> {
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 20, logLevel: 'error' }) ?? {};
  } catch {
    throw new CliError(`${path} is not YAML`);
  }
  const parsed = KubeconfigFile.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CliError(`${path} is not a kubeconfig: ${issue?.path.map(String).join('.') || 'the text'}: ${issue?.message ?? ''}`);
}

function merge(files: readonly KubeconfigFileAt[], source: string): LocalKubeconfig {
  const contexts = new Map<string, { readonly cluster: string; readonly user: string }>();
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  for (const { directory, content } of files) {
    for (const { name, context } of content.contexts) setFirst(contexts, name, context);
    for (const { name, cluster } of content.clusters) setFirst(clusters, name, { fields: cluster, directory });
    for (const { name, user } of content.users) setFirst(users, name, { fields: user ?? {}, directory });
  }
  const currentContext = files.map(({ content }) => content['current-context']).find((name) => name) ?? undefined;
  return { source, currentContext, contexts, clusters, users };
}

/** The first that names something counts. */
function setFirst<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}
