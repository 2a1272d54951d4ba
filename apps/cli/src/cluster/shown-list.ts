/** How many of a list are printed before a question. */
const mostShown = 50;

/** The first of a list, and a word on how many more there are. */
export function shownOf<T>(items: readonly T[], more: string): { readonly shown: readonly T[]; readonly rest: string } {
  const left = items.length - mostShown;
  return { shown: items.slice(0, mostShown), rest: left > 0 ? `  and ${left} more: ${more}\n` : '' };
}
