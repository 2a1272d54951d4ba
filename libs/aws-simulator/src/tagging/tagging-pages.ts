import type { ListPage, Paged } from '../state/list-page.js';
import { expiredPaginationToken, invalidParameter } from './tagging-errors.js';
import type { TaggingContext } from './tagging-context.js';

/** A page of a list after a pagination token; an empty token is the first page. Throws for a token that is not of this list, or no more. */
export function taggingPage<T>(
  context: TaggingContext,
  scope: string,
  list: Paged<T>,
  token: string | undefined,
  size: number,
): ListPage<T> {
  if (!token) return list.page(undefined, size);
  const opened = context.state.pageTokens.open(fullScope(context, scope), token, context.nowMs);
  if (opened.kind === 'expired') throw expiredPaginationToken();
  if (opened.kind === 'invalid') throw invalidParameter('The pagination token is invalid.');
  return list.page(opened.after, size);
}

/** The token for what follows a key; empty where nothing follows, as AWS writes it. */
export function taggingToken(context: TaggingContext, scope: string, next: string | undefined): string {
  if (next === undefined) return '';
  return context.state.pageTokens.issue(fullScope(context, scope), next, context.nowMs + context.state.settings.pageTokenTtlMs);
}

function fullScope(context: TaggingContext, scope: string): string {
  return `${context.caller.account}|${context.region}|${scope}`;
}
