import type { VpcLatticeOperations } from '../models/vpc-lattice.generated.js';
import { isRecord } from '../validation/is-record.js';
import type { LatticeContext } from './lattice-context.js';
import { createListener, deleteListener, getListener, listListeners, updateListener } from './listener-operations.js';
import { batchUpdateRule, createRule, deleteRule, getRule, listRules, updateRule } from './rule-operations.js';
import { createService, deleteService, getService, listServices, updateService } from './service-operations.js';
import { listTagsForResource, tagResource, untagResource } from './tag-operations.js';
import { createTargetGroup, deleteTargetGroup, getTargetGroup, listTargetGroups, updateTargetGroup } from './target-group-operations.js';
import { deregisterTargets, listTargets, registerTargets } from './target-operations.js';

export type LatticeOperation = keyof VpcLatticeOperations;

/** Each operation takes its context and its input, which has been validated against the model. */
export type LatticeOperations = {
  readonly [K in LatticeOperation]: (context: LatticeContext, input: VpcLatticeOperations[K]['input']) => VpcLatticeOperations[K]['output'];
};

/** Every Lattice operation that is served. */
export const latticeOperations: LatticeOperations = {
  CreateTargetGroup: createTargetGroup,
  GetTargetGroup: getTargetGroup,
  UpdateTargetGroup: updateTargetGroup,
  DeleteTargetGroup: deleteTargetGroup,
  ListTargetGroups: listTargetGroups,
  RegisterTargets: registerTargets,
  DeregisterTargets: deregisterTargets,
  ListTargets: listTargets,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
  CreateService: createService,
  GetService: getService,
  UpdateService: updateService,
  DeleteService: deleteService,
  ListServices: listServices,
  CreateListener: createListener,
  GetListener: getListener,
  UpdateListener: updateListener,
  DeleteListener: deleteListener,
  ListListeners: listListeners,
  CreateRule: createRule,
  GetRule: getRule,
  UpdateRule: updateRule,
  DeleteRule: deleteRule,
  ListRules: listRules,
  BatchUpdateRule: batchUpdateRule,
};

export function isLatticeOperation(name: string): name is LatticeOperation {
  return Object.hasOwn(latticeOperations, name);
}

/** Does an operation. The input must have been validated against the operation's input shape. */
export function runLatticeOperation<K extends LatticeOperation>(
  context: LatticeContext,
  operation: K,
  input: unknown,
): VpcLatticeOperations[K]['output'] {
  if (!isInputOf(operation, input)) throw new TypeError(`the input of ${operation} is not an object`);
  return latticeOperations[operation](context, input);
}

/** Every input shape is a structure; that its members fit has been validated before. */
function isInputOf<K extends LatticeOperation>(_operation: K, input: unknown): input is VpcLatticeOperations[K]['input'] {
  return isRecord(input);
}
