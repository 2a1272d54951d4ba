import { AwsError } from '../protocol/aws-error.js';

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', 400, message);
}

export function expiredPaginationToken(): AwsError {
  return new AwsError('PaginationTokenExpiredException', 400, 'The pagination token has expired.');
}
