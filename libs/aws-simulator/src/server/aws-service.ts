import type { OperationFaults } from '../faults/fault-plan.js';
import type { Permission } from '../identity/authorizer.js';
import type { Caller } from '../identity/caller.js';
import type { ServiceModel } from '../models/service-model.js';
import type { Protocol } from '../protocol/protocol.js';

/** An input by the names of its members. */
export type ServiceInput = Readonly<Record<string, unknown>>;

/** One call of an operation, after its signature. */
export interface ServiceCall {
  /** Undefined for the operations that are called without a signature. */
  readonly caller: Caller | undefined;
  readonly region: string;
  readonly nowMs: number;
  readonly faults: OperationFaults;
}

/** One AWS service as the server sees it. Inputs have been validated against the model. */
export interface AwsService {
  readonly model: ServiceModel;
  readonly protocol: Protocol;
  /** What IAM must allow before the operation is done. */
  permissions(operation: string, input: ServiceInput, place: { readonly account: string; readonly region: string }): readonly Permission[];
  /** What the call is about, for the log and for faults: an ARN, an id or a name; empty where nothing. */
  resourceOf(operation: string, input: ServiceInput): string;
  /** Does the operation. Throws an AwsError or a RequestFailure. */
  execute(operation: string, input: ServiceInput, call: ServiceCall): object;
}
