import type { Cluster } from '../cluster/cluster.js';
import type { Resource } from '../resources/resource.js';
import { ApiError, badRequest, expired, resourceVersionTooLarge } from '../status/api-error.js';
import { decodeContinue, encodeContinue, lostRevision } from '../store/continue-token.js';
import type { StoredObject } from '../store/stored-object.js';
import { isSelected, isUnrestricted } from './selection.js';
import type { Selection } from './selection.js';
import { waitForRevision } from './wait-for-revision.js';

/** What to list (Kubernetes API, ListOptions). */
export interface ListOptions extends Selection {
  /** 0 for everything. */
  readonly limit: number;
  readonly continueToken: string;
  /** Empty for the latest state, `0` for any. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: '' | 'Exact' | 'NotOlderThan';
  /** For how long a state that is not reached yet is waited for. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/** One page of a list. */
export interface ListPage {
  readonly items: readonly StoredObject[];
  readonly revision: number;
  readonly continueToken: string;
  readonly remainingItemCount: number | undefined;
}

const inconsistentContinuation =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/**
 * Lists objects, one page of them where a limit is given.
 * @throws ApiError 400, 410 or 504
 */
export async function listObjects(cluster: Cluster, resource: Resource, options: ListOptions): Promise<ListPage> {
  if (options.continueToken !== '') return continueList(cluster, resource, options);
  const wanted = parseRevision(options.resourceVersion);
  if (wanted > cluster.store.revision) await waitFor(cluster, wanted, options);
  const isExact = options.resourceVersionMatch === 'Exact' || (options.resourceVersionMatch === '' && options.limit > 0 && wanted > 0);
  if (!isExact) {
    // Any state will do: it comes from the server's cache, which knows no pages there.
    const limit = wanted === 0 && options.resourceVersion !== '' ? 0 : options.limit;
    return page(cluster.table(resource).list(options.namespace), cluster.store.revision, '', resource, { ...options, limit });
  }
  const objects = cluster.table(resource).listAt(wanted, options.namespace);
  if (objects === undefined) throw expired('The resourceVersion for the provided list is too old.');
  return page(objects, wanted, '', resource, options);
}

function continueList(cluster: Cluster, resource: Resource, options: ListOptions): ListPage {
  const { afterKey, revision } = decodeContinue(options.continueToken);
  if (options.resourceVersion !== '' && options.resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  const fullKey = options.namespace === '' ? afterKey : `${options.namespace}/${afterKey}`;
  if (revision < 0) return page(cluster.table(resource).list(options.namespace), cluster.store.revision, fullKey, resource, options);
  if (revision > cluster.store.revision) throw resourceVersionTooLarge(revision, cluster.store.revision);
  const objects = revision === lostRevision ? undefined : cluster.table(resource).listAt(revision, options.namespace);
  if (objects !== undefined) return page(objects, revision, fullKey, resource, options);
  const error = expired(inconsistentContinuation);
  throw new ApiError(error.code, { ...error.body, metadata: { continue: encodeContinue({ afterKey, revision: -1 }) } });
}

function page(objects: readonly StoredObject[], revision: number, afterKey: string, resource: Resource, options: ListOptions): ListPage {
  const rest = afterKey === '' ? objects : objects.filter(({ key }) => key > afterKey);
  if (options.limit === 0) {
    const items = isUnrestricted(options) ? rest : rest.filter((object) => isSelected(options, resource, object));
    return { items, revision, continueToken: '', remainingItemCount: undefined };
  }
  const items: StoredObject[] = [];
  let seen = 0;
  for (const object of rest) {
    seen += 1;
    if (isSelected(options, resource, object)) items.push(object);
    if (items.length >= options.limit) break;
  }
  const last = items.at(-1);
  if (seen === rest.length || last === undefined) return { items, revision, continueToken: '', remainingItemCount: undefined };
  const relativeKey = options.namespace === '' ? last.key : last.name;
  return {
    items,
    revision,
    continueToken: encodeContinue({ afterKey: relativeKey, revision }),
    remainingItemCount: isUnrestricted(options) ? rest.length - items.length : undefined,
  };
}

function parseRevision(text: string): number {
  if (text === '') return 0;
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version: ${invalidRevision(text)}`);
  return Number(text);
}

/** What is wrong with a resourceVersion that is no number. */
export const invalidRevision = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;

async function waitFor(cluster: Cluster, wanted: number, { waitMs, signal }: ListOptions): Promise<void> {
  if (!(await waitForRevision(cluster.store, wanted, waitMs, signal))) throw resourceVersionTooLarge(wanted, cluster.store.revision);
}
