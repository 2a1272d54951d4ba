import { AwsError } from '../protocol/aws-error.js';

export type ResourceType = 'TARGET_GROUP' | 'SERVICE' | 'LISTENER' | 'RULE' | 'SERVICE_NETWORK';

/** One entry of a ValidationException's `fieldList`. */
export interface FieldProblem {
  readonly name: string;
  readonly message: string;
}

export function fieldProblem(name: string, message: string): FieldProblem {
  return { name, message };
}

/** A ValidationException that names fields. */
export function invalidFields(problems: readonly FieldProblem[]): AwsError {
  const message = problems.map((problem) => problem.message).join('; ');
  return new AwsError('ValidationException', 400, message, { reason: 'fieldValidationFailed', fieldList: problems });
}

/** A ValidationException about no single field. */
export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', 400, message, { reason: 'other' });
}

export function conflict(message: string, resourceType: ResourceType, resourceId: string): AwsError {
  return new AwsError('ConflictException', 409, message, { resourceId, resourceType });
}

/** What AWS says of a resource that can't take part yet, or no more. The text is AWS's own. */
export function wrongStatus(resourceType: ResourceType, resourceId: string, status: string): AwsError {
  return conflict(`Invalid resource status for this operation, resource id ${resourceId}, status: ${status}`, resourceType, resourceId);
}

export function notFound(resourceType: ResourceType, resourceId: string): AwsError {
  const words = resourceType.charAt(0) + resourceType.slice(1).toLowerCase().replace('_', ' ');
  return new AwsError('ResourceNotFoundException', 404, `${words} ${resourceId} not found`, { resourceId, resourceType });
}

/** The 402 for a full quota; the codes are those of the Service Quotas console. */
export function quotaExceeded(what: string, limit: number, quotaCode: string, resourceType: ResourceType, resourceId?: string): AwsError {
  return new AwsError('ServiceQuotaExceededException', 402, `The maximum number of ${what} (${limit}) is reached.`, {
    ...(resourceId === undefined ? {} : { resourceId }),
    resourceType,
    serviceCode: 'vpc-lattice',
    quotaCode,
  });
}
