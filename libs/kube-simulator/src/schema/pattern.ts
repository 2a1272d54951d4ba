/**
 * A pattern of a schema as a regular expression. Patterns are unanchored and match code points, as Go's do; what only the older syntax of
 * JavaScript allows, such as needless escapes, is allowed too.
 * @throws SyntaxError
 */
export function compilePattern(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return new RegExp(pattern);
  }
}

/** What is wrong with a pattern, in Go's words as far as they are known; undefined where nothing is. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    if (why.includes('character class')) return `error parsing regexp: missing closing ]: \`${pattern.slice(pattern.lastIndexOf('['))}\``;
    if (why.includes('Unterminated group')) return `error parsing regexp: missing closing ): \`${pattern}\``;
    if (why.includes('Unmatched')) return `error parsing regexp: unexpected ): \`${pattern}\``;
    if (why.includes('Nothing to repeat'))
      return `error parsing regexp: missing argument to repetition operator: \`${/[*+?]/.exec(pattern)?.[0] ?? ''}\``;
    return `error parsing regexp: invalid expression: \`${pattern}\``;
  }
}
