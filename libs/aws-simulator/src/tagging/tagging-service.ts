import type { Permission } from '../identity/authorizer.js';
import { taggingModel } from '../models/tagging.generated.js';
import type { TaggingOperations } from '../models/tagging.generated.js';
import { AwsJson } from '../protocol/aws-json.js';
import { RequestFailure } from '../protocol/request-failure.js';
import type { AwsService, ServiceCall, ServiceInput } from '../server/aws-service.js';
import type { SimulatorState } from '../state/simulator-state.js';
import { isRecord } from '../validation/is-record.js';
import { tagResources, untagResources } from './change-tags.js';
import { getResources } from './get-resources.js';
import type { TaggingContext } from './tagging-context.js';
import { getTagKeys, getTagValues } from './tag-names.js';

type Operations = {
  readonly [K in keyof TaggingOperations]: (
    context: TaggingContext,
    input: TaggingOperations[K]['input'],
  ) => TaggingOperations[K]['output'];
};

const operations: Operations = {
  GetResources: getResources,
  TagResources: tagResources,
  UntagResources: untagResources,
  GetTagKeys: getTagKeys,
  GetTagValues: getTagValues,
};

/** The Resource Groups Tagging API. */
export class TaggingService implements AwsService {
  readonly model = taggingModel;
  readonly protocol: AwsJson;

  constructor(private readonly state: SimulatorState) {
    this.protocol = new AwsJson(taggingModel, () => state.settings.unverified.taggingValidation);
  }

  permissions(operation: string): readonly Permission[] {
    return [{ action: `tag:${operation}`, resource: undefined }];
  }

  resourceOf(_operation: string, input: ServiceInput): string {
    const { ResourceARNList: arns } = input;
    return Array.isArray(arns) ? arns.join(',') : '';
  }

  execute(operation: string, input: ServiceInput, call: ServiceCall): object {
    if (!call.caller) throw new RequestFailure('missingToken', 'Missing Authentication Token');
    const store = this.state.region(call.caller.account, call.region);
    const context: TaggingContext = { state: this.state, caller: call.caller, region: call.region, nowMs: call.nowMs, store };
    if (!isTaggingOperation(operation)) throw new RequestFailure('unknownOperation', `Unknown operation: ${operation}`);
    return run(context, operation, input);
  }
}

function isTaggingOperation(name: string): name is keyof TaggingOperations {
  return Object.hasOwn(operations, name);
}

function run<K extends keyof TaggingOperations>(context: TaggingContext, operation: K, input: unknown): TaggingOperations[K]['output'] {
  if (!isInputOf(operation, input)) throw new TypeError(`the input of ${operation} is not an object`);
  return operations[operation](context, input);
}

/** Every input shape is a structure; that its members fit has been validated before. */
function isInputOf<K extends keyof TaggingOperations>(_operation: K, input: unknown): input is TaggingOperations[K]['input'] {
  return isRecord(input);
}
