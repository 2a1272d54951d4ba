import { pagedList } from '../state/list-page.js';
import type { TaggingOperations } from '../models/tagging.generated.js';
import type { TaggingContext } from './tagging-context.js';
import { taggingPage, taggingToken } from './tagging-pages.js';

type Operations = TaggingOperations;

/** Every tag key in use in the region. */
export function getTagKeys(context: TaggingContext, input: Operations['GetTagKeys']['input']): Operations['GetTagKeys']['output'] {
  const keys = [...context.store.tagIndex.list(context.nowMs)].flatMap((resource) => [...resource.tags.keys()]);
  const { names, token } = namePage(context, 'GetTagKeys', keys, input.PaginationToken);
  return { PaginationToken: token, TagKeys: names };
}

/** Every value in use of a key. */
export function getTagValues(context: TaggingContext, input: Operations['GetTagValues']['input']): Operations['GetTagValues']['output'] {
  const values = [...context.store.tagIndex.list(context.nowMs)].flatMap((resource) => resource.tags.get(input.Key) ?? []);
  const { names, token } = namePage(context, `GetTagValues|${input.Key}`, values, input.PaginationToken);
  return { PaginationToken: token, TagValues: names };
}

function namePage(
  context: TaggingContext,
  scope: string,
  names: readonly string[],
  token: string | undefined,
): { readonly names: readonly string[]; readonly token: string } {
  const list = pagedList([...new Set(names)].toSorted(), (name) => name);
  const page = taggingPage(context, scope, list, token, context.state.settings.defaultPageSize);
  return { names: page.items, token: taggingToken(context, scope, page.next) };
}
