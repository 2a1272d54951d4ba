import { describe, expect, it } from '@jest/globals';
import { isExpiredCredentials, LatticeError, latticeErrorOf } from './lattice-error.js';

interface Parts {
  readonly name: string;
  readonly message?: string;
  readonly status?: number;
}

/** An error as the SDK throws it. */
function thrown({ name, message = 'because', status }: Parts): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status, requestId: 'r-1' } });
}

describe('the error of an AWS call', () => {
  it.each<{ error: Parts; kind: string }>([
    { error: { name: 'ResourceNotFoundException', status: 404 }, kind: 'notFound' },
    { error: { name: 'ConflictException', status: 409 }, kind: 'conflict' },
    { error: { name: 'ConflictException', message: 'Target group has status: CREATE_IN_PROGRESS', status: 409 }, kind: 'notReady' },
    { error: { name: 'ConflictException', message: 'Target group has status: DELETE_IN_PROGRESS', status: 409 }, kind: 'notReady' },
    { error: { name: 'ConflictException', message: 'Target group has draining targets', status: 409 }, kind: 'notReady' },
    // Only a conflict is told apart by its words.
    { error: { name: 'ValidationException', message: 'the name is draining', status: 400 }, kind: 'invalid' },
    { error: { name: 'ThrottlingException', status: 429 }, kind: 'throttled' },
    { error: { name: 'ThrottledException', status: 400 }, kind: 'throttled' },
    { error: { name: 'Throttling', status: 400 }, kind: 'throttled' },
    { error: { name: 'TooManyRequestsException', status: 429 }, kind: 'throttled' },
    { error: { name: 'RequestLimitExceeded', status: 503 }, kind: 'throttled' },
    { error: { name: 'ServiceQuotaExceededException', status: 402 }, kind: 'quota' },
    { error: { name: 'AccessDeniedException', status: 403 }, kind: 'denied' },
    { error: { name: 'AccessDenied', status: 403 }, kind: 'denied' },
    { error: { name: 'UnrecognizedClientException', status: 403 }, kind: 'denied' },
    { error: { name: 'InvalidClientTokenId', status: 403 }, kind: 'denied' },
    { error: { name: 'SignatureDoesNotMatch', status: 403 }, kind: 'denied' },
    { error: { name: 'ExpiredTokenException', status: 403 }, kind: 'denied' },
    { error: { name: 'ExpiredToken', status: 400 }, kind: 'denied' },
    { error: { name: 'RequestExpired', status: 400 }, kind: 'denied' },
    { error: { name: 'ValidationException', status: 400 }, kind: 'invalid' },
    { error: { name: 'ValidationError', status: 400 }, kind: 'invalid' },
    { error: { name: 'UnknownOperationException', status: 404 }, kind: 'invalid' },
    // A name that is not known goes by its status.
    { error: { name: 'SomethingNew', status: 403 }, kind: 'denied' },
    { error: { name: 'SomethingNew', status: 429 }, kind: 'throttled' },
    { error: { name: 'SomethingNew', status: 400 }, kind: 'invalid' },
    { error: { name: 'SomethingNew', status: 404 }, kind: 'invalid' },
    { error: { name: 'InternalServerException', status: 500 }, kind: 'unavailable' },
    { error: { name: 'ServiceUnavailable', status: 503 }, kind: 'unavailable' },
    // An answer that can't be read may have been a success.
    { error: { name: 'SyntaxError', status: 200 }, kind: 'unavailable' },
    { error: { name: 'TimeoutError' }, kind: 'unavailable' },
    { error: { name: 'AbortError' }, kind: 'unavailable' },
    { error: { name: 'Error', message: 'connect ECONNREFUSED' }, kind: 'unavailable' },
  ])('$error.name $error.status "$error.message" is $kind', ({ error, kind }) => {
    const made = latticeErrorOf(thrown(error));
    expect(made).toMatchObject({ kind, name: 'LatticeError', details: { code: error.name, requestId: 'r-1' } });
    expect(made.isUnknownOutcome).toBe(kind === 'unavailable');
  });

  it.each<{ error: unknown }>([{ error: null }, { error: undefined }, { error: 'text' }, { error: {} }, { error: 7 }])(
    'that is $error may have been anything',
    ({ error }) => {
      expect(latticeErrorOf(error)).toMatchObject({ kind: 'unavailable', isUnknownOutcome: true });
    },
  );

  it("is told in AWS's words, with how long to wait", () => {
    const made = latticeErrorOf(Object.assign(thrown({ name: 'ThrottlingException', message: 'slow down' }), { retryAfterSeconds: 3 }));
    expect(made).toMatchObject({ message: 'ThrottlingException: slow down', details: { retryAfterMs: 3000 } });
  });

  it('that is told already stays as it is', () => {
    const error = new LatticeError('fenced', 'too late');
    expect(latticeErrorOf(error)).toBe(error);
  });
});

describe('credentials', () => {
  it.each<{ name: string; are: 'worth a try with new ones' | 'as good as others' }>([
    { name: 'ExpiredTokenException', are: 'worth a try with new ones' },
    { name: 'ExpiredToken', are: 'worth a try with new ones' },
    { name: 'RequestExpired', are: 'worth a try with new ones' },
    { name: 'AccessDeniedException', are: 'as good as others' },
    { name: 'ThrottlingException', are: 'as good as others' },
  ])('after $name are $are', ({ name, are }) => {
    expect(isExpiredCredentials(thrown({ name }))).toBe(are === 'worth a try with new ones');
  });

  it('after nothing that can be told are as good as others', () => {
    expect([null, undefined, 'text'].map(isExpiredCredentials)).toEqual([false, false, false]);
  });
});
