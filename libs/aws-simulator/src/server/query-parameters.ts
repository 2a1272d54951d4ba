/** Percent-decodes, or gives the text as it is where it is not well formed. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Splits a raw query into decoded pairs, in their order. `+` stays a plus: AWS SDKs write a space as `%20`. */
export function queryPairs(rawQuery: string): readonly (readonly [string, string])[] {
  if (rawQuery === '') return [];
  return rawQuery.split('&').flatMap((part) => {
    if (part === '') return [];
    const at = part.indexOf('=');
    return [
      at < 0 ? ([decodePercent(part), ''] as const) : ([decodePercent(part.slice(0, at)), decodePercent(part.slice(at + 1))] as const),
    ];
  });
}
