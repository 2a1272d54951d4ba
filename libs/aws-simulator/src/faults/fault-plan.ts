import { RequestFailure } from '../protocol/request-failure.js';
import { AwsError } from '../protocol/aws-error.js';
import type { FaultEffect, FaultMoment } from './fault-rule.js';
import type { ActiveFault } from './faults.js';

/** What the operation itself must do worse than it would. */
export interface OperationFaults {
  readonly createFailed?: { readonly failureCode: string; readonly failureMessage: string };
  readonly deleteFailed?: { readonly failureCode: string; readonly failureMessage: string };
  readonly partialFailure?: {
    readonly targetIds: readonly string[] | undefined;
    readonly failureCode: string;
    readonly failureMessage: string;
  };
}

/** The faults of one call, sorted by when they take effect. */
export interface FaultPlan {
  readonly latencyMs: number;
  readonly before: Interruption | undefined;
  readonly after: Interruption | undefined;
  readonly operation: OperationFaults;
}

/** What takes the place of the operation or of its answer. */
export type Interruption =
  | { readonly kind: 'fail'; readonly error: RequestFailure | AwsError }
  | { readonly kind: 'hang'; readonly removed: AbortSignal }
  | { readonly kind: 'reset' };

/** Puts a call's faults in order; of two that interrupt at the same moment the one that was injected first holds. */
export function planFaults(faults: readonly ActiveFault[], caller: { readonly arn: string; readonly action: string }): FaultPlan {
  const interruption = (moment: FaultMoment) =>
    faults
      .filter(({ effect }) => momentOf(effect) === moment)
      .map((fault) => interruptionOf(fault, caller))
      .find((found) => found !== undefined);
  const effects = faults.map(({ effect }) => effect);
  return {
    latencyMs: effects.reduce((sum, effect) => sum + (effect.kind === 'latency' ? effect.latencyMs : 0), 0),
    before: interruption('before'),
    after: interruption('after'),
    operation: Object.assign({}, ...effects.map(operationFault)),
  };
}

function momentOf(effect: FaultEffect): FaultMoment {
  return 'moment' in effect && effect.moment !== undefined ? effect.moment : 'before';
}

function interruptionOf(
  { effect, removed }: ActiveFault,
  caller: { readonly arn: string; readonly action: string },
): Interruption | undefined {
  if (effect.kind === 'hang') return { kind: 'hang', removed };
  if (effect.kind === 'reset') return { kind: 'reset' };
  const error = errorOf(effect, caller);
  return error && { kind: 'fail', error };
}

function errorOf(effect: FaultEffect, caller: { readonly arn: string; readonly action: string }): RequestFailure | AwsError | undefined {
  if (effect.kind === 'throttle') return new RequestFailure('throttled', 'Rate exceeded', effect.retryAfterSeconds ?? 1);
  if (effect.kind === 'internalError')
    return new RequestFailure('internal', 'The request processing failed because of an unknown error.', effect.retryAfterSeconds);
  if (effect.kind === 'unavailable')
    return new RequestFailure('unavailable', 'The request has failed due to a temporary failure of the server.', effect.retryAfterSeconds);
  if (effect.kind === 'expiredToken') return new RequestFailure('expiredToken', 'The security token included in the request is expired');
  if (effect.kind === 'error') return new AwsError(effect.code, effect.status, effect.message);
  if (effect.kind !== 'accessDenied') return undefined;
  const denial = `User: ${caller.arn} is not authorized to perform: ${caller.action} with an explicit deny in a service control policy`;
  return new RequestFailure('accessDenied', denial);
}

function operationFault(effect: FaultEffect): OperationFaults {
  if (effect.kind === 'createFailed')
    return { createFailed: failure(effect, 'InternalFailure', 'The creation failed for an internal reason.') };
  if (effect.kind === 'deleteFailed')
    return { deleteFailed: failure(effect, 'InternalFailure', 'The deletion failed for an internal reason.') };
  if (effect.kind !== 'partialFailure') return {};
  return { partialFailure: { targetIds: effect.targetIds, ...failure(effect, 'InternalError', 'The target could not be changed.') } };
}

function failure(
  effect: { readonly failureCode?: string; readonly failureMessage?: string },
  failureCode: string,
  failureMessage: string,
): { readonly failureCode: string; readonly failureMessage: string } {
  return { failureCode: effect.failureCode ?? failureCode, failureMessage: effect.failureMessage ?? failureMessage };
}
