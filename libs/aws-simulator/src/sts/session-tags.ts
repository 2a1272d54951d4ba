import type { SessionTag } from '../identity/sessions.js';
import type { StsOperations } from '../models/sts.generated.js';
import { AwsError } from '../protocol/aws-error.js';

type Input = Pick<StsOperations['AssumeRole']['input'], 'Tags' | 'TransitiveTagKeys'>;

/**
 * The tags of a new session: those that are asked for, and those that the calling session hands on. Keys are the same in capitals and in small
 * letters. Throws an AwsError for tags that IAM does not take.
 */
export function sessionTags(input: Input, callers: readonly SessionTag[]): readonly SessionTag[] {
  const asked = input.Tags ?? [];
  const keys = asked.map((tag) => tag.Key.toLowerCase());
  const transitive = new Set((input.TransitiveTagKeys ?? []).map((key) => key.toLowerCase()));
  const inherited = callers.filter((tag) => tag.isTransitive);
  if (new Set(keys).size < keys.length) throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  const reserved = keys.find((key) => key.startsWith('aws:'));
  if (reserved !== undefined) throw invalid(`Tag keys that begin with aws: are reserved: ${reserved}`);
  const stray = input.TransitiveTagKeys?.find((key) => !keys.includes(key.toLowerCase()));
  if (stray !== undefined) throw invalid(`The specified transitive tag key ${stray} must be included in the requested tags.`);
  if (inherited.some((tag) => keys.includes(tag.key.toLowerCase()))) {
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const own = asked.map((tag) => ({ key: tag.Key, value: tag.Value, isTransitive: transitive.has(tag.Key.toLowerCase()) }));
  return [...inherited, ...own];
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', 400, message);
}
