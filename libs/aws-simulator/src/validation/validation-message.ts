import type { Violation } from './shape-validator.js';

/** How many characters of a wrong value are told. */
const shownLength = 256;

/** The sentence that AWS's validation framework answers, for one violation or more. */
export function validationMessage(violations: readonly Violation[]): string {
  const count = violations.length;
  const sentences = violations.map(
    (violation) => `Value ${shown(violation.value)} at '${violation.path.join('.')}' failed to satisfy constraint: ${violation.constraint}`,
  );
  return `${count} validation error${count === 1 ? '' : 's'} detected: ${sentences.join('; ')}`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  // A list may have millions of members, of which nothing would be shown.
  const text = typeof value === 'string' ? value : JSON.stringify(Array.isArray(value) ? value.slice(0, shownLength) : value);
  return `'${text.length > shownLength ? `${text.slice(0, shownLength)}...` : text}'`;
}
