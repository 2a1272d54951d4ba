import { fieldProblem, invalid, invalidFields } from './lattice-errors.js';

const allowedCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Refuses tags that the user guide does not allow: the `aws:` prefix, other characters. Throws a ValidationException. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const problems = Object.entries(tags).flatMap(([key, value]) => {
    if (/^aws:/i.test(key)) return [fieldProblem('tags', `Tag keys that begin with aws: are reserved: ${key}`)];
    const isAllowed = allowedCharacters.test(key) && allowedCharacters.test(value);
    return isAllowed ? [] : [fieldProblem('tags', `Tag ${key} has characters that are not allowed`)];
  });
  if (problems.length > 0) throw invalidFields(problems);
}

/** Refuses more tags than a resource may have. Throws a ValidationException: TagResource knows no quota error. */
export function checkTagCount(count: number, limit: number): void {
  if (count > limit) throw invalid(`A resource can have at most ${limit} tags`);
}
