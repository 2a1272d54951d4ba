import { pagedList } from '../state/list-page.js';
import type { TaggingOperations, TaggingShapes } from '../models/tagging.generated.js';
import { invalidParameter } from './tagging-errors.js';
import type { TaggingContext } from './tagging-context.js';
import { taggingPage, taggingToken } from './tagging-pages.js';
import type { TaggedResource } from './tag-index.js';

type Input = TaggingOperations['GetResources']['input'];
type Output = TaggingOperations['GetResources']['output'];

/** Lists resources that are or were tagged, by filters and pages or by their ARNs. */
export function getResources(context: TaggingContext, input: Input): Output {
  checkParameters(input);
  if (input.ResourceARNList) {
    const { store, nowMs } = context;
    const found = [...new Set(input.ResourceARNList)]
      .map((arn) => store.tagIndex.get(arn, nowMs))
      .filter((resource) => resource !== undefined);
    return { PaginationToken: '', ResourceTagMappingList: found.map((resource) => mapping(resource, input)) };
  }
  const { TagFilters: tagFilters = [], ResourceTypeFilters: types = [] } = input;
  const scope = `GetResources|${JSON.stringify([tagFilters, types])}`;
  const size = input.ResourcesPerPage ?? context.state.settings.defaultPageSize;
  const list = context.store.tagIndex.list(context.nowMs, { name: scope, fits: (resource) => fits(resource, tagFilters, types) });
  // There are no tag policies here, so everything complies, and without what complies nothing is left.
  const page = taggingPage(context, scope, input.ExcludeCompliantResources ? pagedList([], String) : list, input.PaginationToken, size);
  const items = cutByTags(page.items, input.TagsPerPage);
  const next = items.length < page.items.length ? items.at(-1)?.arn : page.next;
  return { PaginationToken: taggingToken(context, scope, next), ResourceTagMappingList: items.map((resource) => mapping(resource, input)) };
}

/** Rules of the API reference that the model does not carry. */
function checkParameters(input: Input): void {
  const { ResourceARNList: arns, ResourcesPerPage: perPage, TagsPerPage: tagsPerPage } = input;
  const excluded = ['TagFilters', 'ResourceTypeFilters', 'ResourcesPerPage', 'TagsPerPage', 'PaginationToken'] as const;
  const clash = arns ? excluded.find((name) => isUsed(input[name])) : undefined;
  if (clash !== undefined) throw invalidParameter(`You can't specify both ResourceARNList and ${clash} in the same request.`);
  const malformed = arns?.find((arn) => !arn.startsWith('arn:') || arn.split(':').length < 6);
  if (malformed !== undefined) throw invalidParameter(`The ARN ${malformed} is not valid.`);
  if (perPage !== undefined && (perPage < 1 || perPage > 100)) throw invalidParameter('ResourcesPerPage must be between 1 and 100.');
  if (tagsPerPage !== undefined && (tagsPerPage < 100 || tagsPerPage > 500))
    throw invalidParameter('TagsPerPage must be between 100 and 500.');
  if (input.TagFilters?.some((filter) => filter.Key === undefined)) throw invalidParameter('Every tag filter must have a key.');
  if (input.ExcludeCompliantResources && !input.IncludeComplianceDetails) {
    throw invalidParameter('ExcludeCompliantResources can be used only with IncludeComplianceDetails.');
  }
  if ((input.ResourceTypeFilters?.length ?? 0) > 100) throw invalidParameter('You can specify at most 100 resource types.');
  const unknown = input.ResourceTypeFilters?.find((type) => !/^[a-z0-9-]+(:[a-z0-9-/]+)?$/i.test(type));
  if (unknown !== undefined) throw invalidParameter(`The resource type ${unknown} is not valid.`);
}

function isUsed(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== '';
}

/** Every filter must hold; of a filter's values one must; a filter without values asks for the key alone. */
function fits(resource: TaggedResource, tagFilters: readonly TaggingShapes['TagFilter'][], types: readonly string[]): boolean {
  if (types.length > 0 && !types.some((type) => isOfType(resource.arn, type))) return false;
  return tagFilters.every(({ Key: key = '', Values: values = [] }) => {
    const value = resource.tags.get(key);
    return value !== undefined && (values.length === 0 || values.includes(value));
  });
}

function isOfType(arn: string, type: string): boolean {
  const resource = arn.split(':').slice(5).join(':');
  const kind = resource.split('/').at(-2) ?? '';
  return type === 'vpc-lattice' || type === `vpc-lattice:${kind}`;
}

/** As many resources as hold that many tags; a resource is never split, and one without tags counts as one. */
function cutByTags(resources: readonly TaggedResource[], tagsPerPage: number | undefined): readonly TaggedResource[] {
  if (tagsPerPage === undefined) return resources;
  let tags = 0;
  const cut = resources.findIndex((resource) => {
    tags += Math.max(1, resource.tags.size);
    return tags > tagsPerPage;
  });
  return cut < 0 ? resources : resources.slice(0, Math.max(1, cut));
}

function mapping(resource: TaggedResource, input: Input): TaggingShapes['ResourceTagMapping'] {
  const tags = Array.from(resource.tags, ([key, value]) => ({ Key: key, Value: value }));
  // There are no tag policies here, so everything complies.
  const compliance = { MissingTagKeys: [], NoncompliantKeys: [], KeysWithNoncompliantValues: [], ComplianceStatus: true };
  return { ResourceARN: resource.arn, Tags: tags, ComplianceDetails: input.IncludeComplianceDetails ? compliance : undefined };
}
