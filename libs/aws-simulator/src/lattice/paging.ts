import { listOrderKey } from '../state/list-order.js';
import type { Listed } from '../state/list-order.js';
import { listPage, sortedByKey } from '../state/list-page.js';
import { fieldProblem, invalidFields } from './lattice-errors.js';
import type { LatticeContext } from './lattice-context.js';

interface PageInput {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** A page of resources that are in the order of the settings. Throws a ValidationException for a token that is not of this list, or no more. */
export function nextPage<R extends Listed>(
  context: LatticeContext,
  scope: string,
  sorted: readonly R[],
  input: PageInput,
): { readonly items: readonly R[]; readonly nextToken: string | undefined } {
  return pageBy(context, scope, sorted, (resource) => listOrderKey(context.settings.listOrder, resource), input);
}

/** Resources in the order of the settings. */
export function inOrder<R extends Listed>(context: LatticeContext, resources: Iterable<R>): readonly R[] {
  return sortedByKey([...resources], (resource) => listOrderKey(context.settings.listOrder, resource));
}

/** A page of a list that is in the order of these keys. */
export function pageBy<T>(
  context: LatticeContext,
  scope: string,
  sorted: readonly T[],
  keyOf: (item: T) => string,
  input: PageInput,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const { settings, nowMs, pageTokens } = context;
  const fullScope = `${context.account}|${context.region}|${settings.listOrder}|${scope}`;
  const opened = input.nextToken === undefined ? undefined : pageTokens.open(fullScope, input.nextToken, nowMs);
  if (opened && opened.kind !== 'valid') throw invalidFields([fieldProblem('nextToken', `The nextToken is ${opened.kind}`)]);
  const { items, next } = listPage(sorted, keyOf, opened?.after, input.maxResults ?? settings.defaultPageSize);
  return { items, nextToken: next === undefined ? undefined : pageTokens.issue(fullScope, next, nowMs + settings.pageTokenTtlMs) };
}
