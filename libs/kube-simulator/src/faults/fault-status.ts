import type { ApiError } from '../status/api-error.js';
import { expired, failure, internalError, tooManyRequests, unauthorized } from '../status/api-error.js';
import type { FaultCode } from './fault-rule.js';

/** The answer of the real server with that code, where nothing particular is said. */
export function faultStatus(code: FaultCode, message?: string, retryAfterSeconds?: number): ApiError {
  switch (code) {
    case 401:
      return unauthorized();
    case 403:
      return failure({ code, reason: 'Forbidden', message: message ?? 'forbidden: injected', details: {} });
    case 410:
      return expired(message ?? 'too old resource version: 1 (2)');
    case 429:
      return tooManyRequests(
        message ?? 'the server has received too many requests and has asked us to try again later',
        retryAfterSeconds ?? 1,
      );
    case 500:
      return internalError(message ?? 'injected');
    case 503:
      return failure({
        code,
        reason: 'ServiceUnavailable',
        message: message ?? 'the server is currently unable to handle the request',
        ...(retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }),
      });
  }
}
