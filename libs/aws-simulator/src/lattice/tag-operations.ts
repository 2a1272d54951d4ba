import type { VpcLatticeOperations } from '../models/vpc-lattice.generated.js';
import { findTaggable, refuseForeign } from './find-resource.js';
import { notFound } from './lattice-errors.js';
import type { ResourceType } from './lattice-errors.js';
import { touch } from './lattice-context.js';
import type { LatticeContext } from './lattice-context.js';
import { parseLatticeArn } from './resource-arns.js';
import { checkTagCount, checkTags } from './tag-rules.js';

type Operations = VpcLatticeOperations;

/** Adds tags, or changes their values. */
export function tagResource(context: LatticeContext, input: Operations['TagResource']['input']): Operations['TagResource']['output'] {
  const resource = taggable(context, input.resourceArn);
  checkTags(input.tags);
  checkTagCount(new Set([...resource.tags.keys(), ...Object.keys(input.tags)]).size, context.settings.quotas.tagsPerResource);
  for (const [key, value] of Object.entries(input.tags)) resource.tags.set(key, value);
  touch(context, resource, 'tags');
  context.store.noteTags(resource, context.nowMs);
  return {};
}

/** Takes tags away; keys that are not there don't matter. */
export function untagResource(context: LatticeContext, input: Operations['UntagResource']['input']): Operations['UntagResource']['output'] {
  const resource = taggable(context, input.resourceArn);
  for (const key of input.tagKeys) resource.tags.delete(key);
  touch(context, resource, 'tags');
  context.store.noteTags(resource, context.nowMs);
  return {};
}

export function listTagsForResource(
  context: LatticeContext,
  input: Operations['ListTagsForResource']['input'],
): Operations['ListTagsForResource']['output'] {
  return { tags: Object.fromEntries(taggable(context, input.resourceArn).tags) };
}

function taggable(
  context: LatticeContext,
  arn: string,
): { readonly arn: string; readonly tags: Map<string, string>; lastUpdatedAtMs: number } {
  const parsed = parseLatticeArn(arn);
  const type = resourceTypeOf(parsed?.resource ?? '');
  if (parsed) refuseForeign(context, parsed, arn, type);
  const found = findTaggable(context, arn);
  if (!found) throw notFound(type, arn);
  return found;
}

function resourceTypeOf(resource: string): ResourceType {
  if (resource.includes('/rule/')) return 'RULE';
  if (resource.includes('/listener/')) return 'LISTENER';
  if (resource.startsWith('servicenetwork')) return 'SERVICE_NETWORK';
  return resource.startsWith('service/') ? 'SERVICE' : 'TARGET_GROUP';
}
