import type { CallFilter, LogFilter } from '../calls/call-log.js';

/** The names that a filter of calls may have in a query. */
export const callFilterNames = ['service', 'operation', 'account', 'region', 'callerArn', 'errorCode', 'status', 'isError'] as const;

/** The names that a filter of the log may have beside them. */
export const logFilterNames = [...callFilterNames, 'fromMs', 'untilMs', 'last'] as const;

/** A filter of calls. Throws an Error that names a value which can't be. */
export function callFilterOf(query: URLSearchParams): CallFilter {
  const texts = ['service', 'operation', 'account', 'region', 'callerArn', 'errorCode'].filter((name) => query.has(name));
  const filter: CallFilter = Object.fromEntries(texts.map((name) => [name, query.get(name) ?? '']));
  const isError = query.get('isError');
  if (isError !== null && isError !== 'true' && isError !== 'false') throw new Error('"isError" of the query must be true or false');
  const status = wholeNumber(query, 'status');
  return { ...filter, ...(status === undefined ? {} : { status }), ...(isError === null ? {} : { isError: isError === 'true' }) };
}

/** A filter of the log; the last hundred calls where `last` is not given. Throws an Error that names a value which can't be. */
export function logFilterOf(query: URLSearchParams): LogFilter {
  const [fromMs, untilMs] = [wholeNumber(query, 'fromMs'), wholeNumber(query, 'untilMs')];
  return {
    ...callFilterOf(query),
    last: wholeNumber(query, 'last') ?? 100,
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
  };
}

/** A parameter that must be there. Throws an Error that names it. */
export function needed(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (!value) throw new Error(`the query needs "${name}"`);
  return value;
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Error(`"${name}" of the query must be a whole number`);
  return Number(text);
}
