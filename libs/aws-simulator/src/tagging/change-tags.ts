import { latticeContext } from '../lattice/lattice-service.js';
import type { LatticeContext } from '../lattice/lattice-context.js';
import { parseLatticeArn } from '../lattice/resource-arns.js';
import { tagResource, untagResource } from '../lattice/tag-operations.js';
import type { TaggingOperations, TaggingShapes } from '../models/tagging.generated.js';
import { AwsError } from '../protocol/aws-error.js';
import type { TaggingContext } from './tagging-context.js';

type Operations = TaggingOperations;
type Failures = Readonly<Record<string, TaggingShapes['FailureInfo']>>;

/** Tags up to twenty resources; those that fail are in the answer. */
export function tagResources(context: TaggingContext, input: Operations['TagResources']['input']): Operations['TagResources']['output'] {
  return {
    FailedResourcesMap: changeEach(context, input.ResourceARNList, 'TagResource', (lattice, arn) =>
      tagResource(lattice, { resourceArn: arn, tags: input.Tags }),
    ),
  };
}

/** Takes tags from up to twenty resources; those that fail are in the answer. */
export function untagResources(
  context: TaggingContext,
  input: Operations['UntagResources']['input'],
): Operations['UntagResources']['output'] {
  return {
    FailedResourcesMap: changeEach(context, input.ResourceARNList, 'UntagResource', (lattice, arn) =>
      untagResource(lattice, { resourceArn: arn, tagKeys: input.TagKeys }),
    ),
  };
}

function changeEach(
  context: TaggingContext,
  arns: readonly string[],
  action: string,
  change: (lattice: LatticeContext, arn: string) => void,
): Failures {
  const lattice = latticeContext(context.state, { caller: context.caller, region: context.region, faults: {} });
  const failures = new Map<string, TaggingShapes['FailureInfo']>();
  for (const arn of new Set(arns)) {
    const failure = refusal(context, arn, action) ?? attempt(() => change(lattice, arn));
    if (failure) failures.set(arn, failure);
  }
  return Object.fromEntries(failures);
}

function refusal(context: TaggingContext, arn: string, action: string): TaggingShapes['FailureInfo'] | undefined {
  const parsed = parseLatticeArn(arn);
  if (!parsed || parsed.account !== context.caller.account || parsed.region !== context.region) {
    return { StatusCode: 400, ErrorCode: 'InvalidParameterException', ErrorMessage: `${arn} is not a resource of this account and region` };
  }
  const denial = context.state.authorizer.denial(context.caller, `vpc-lattice:${action}`);
  if (denial === undefined) return undefined;
  return {
    StatusCode: 403,
    ErrorCode: 'InvalidParameterException',
    ErrorMessage: `User: ${context.caller.arn} is not authorized to perform: vpc-lattice:${action} ${denial}`,
  };
}

function attempt(change: () => void): TaggingShapes['FailureInfo'] | undefined {
  try {
    change();
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { StatusCode: error.status, ErrorCode: 'InvalidParameterException', ErrorMessage: error.message };
  }
}
