import type { Violation } from './shape-validator.js';

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
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.length > 256 ? `${text.slice(0, 256)}...` : text}'`;
}
