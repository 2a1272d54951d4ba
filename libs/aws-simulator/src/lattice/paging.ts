import { listOrderKey } from '../state/list-order.js';
import type { Listed } from '../state/list-order.js';
import { pagedList, sortedByKey } from '../state/list-page.js';
import type { Paged } from '../state/list-page.js';
import { fieldProblem, invalidFields } from './lattice-errors.js';
import type { LatticeContext } from './lattice-context.js';

interface PageInput {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** Resources in the order of the settings. */
export function inOrder<R extends Listed>(context: LatticeContext, resources: Iterable<R>): Paged<R> {
  const keyOf = (resource: R) => listOrderKey(context.settings.listOrder, resource);
  return pagedList(sortedByKey([...resources], keyOf), keyOf);
}

/** A page of a list. Throws a ValidationException for a token that is not of this list, or no more. */
export function nextPage<T>(
  context: LatticeContext,
  scope: string,
  list: Paged<T>,
  input: PageInput,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const { settings, nowMs, pageTokens } = context;
  const fullScope = `${context.account}|${context.region}|${settings.listOrder}|${scope}`;
  const opened = input.nextToken === undefined ? undefined : pageTokens.open(fullScope, input.nextToken, nowMs);
  if (opened && opened.kind !== 'valid') throw invalidFields([fieldProblem('nextToken', `The nextToken is ${opened.kind}`)]);
  const { items, next } = list.page(opened?.after, input.maxResults ?? settings.defaultPageSize);
  return { items, nextToken: next === undefined ? undefined : pageTokens.issue(fullScope, next, nowMs + settings.pageTokenTtlMs) };
}
