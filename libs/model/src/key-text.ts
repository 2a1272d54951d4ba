/**
 * A key of several parts, with a slash between them, for a map that stays. It is one flat text: what a template makes, V8 keeps with its pieces for
 * as long as the map has it, which was twice as large.
 */
export function keyText(...parts: readonly string[]): string {
  return parts.join('/');
}
