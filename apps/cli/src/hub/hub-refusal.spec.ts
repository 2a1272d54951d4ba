import { describe, expect, it } from '@jest/globals';
import { problemText } from './hub-refusal.js';

const optionOf = { 'aws.accountId': '--aws-account', kubeconfig: 'CONTEXT' };

describe('a problem, in one line', () => {
  it.each([
    [
      'fields that do not fit are told with their options',
      {
        title: 'Bad Request',
        reason: 'InvalidInput',
        detail: 'aws.accountId: must be twelve digits; name: too long',
        errors: [
          { field: 'aws.accountId', fix: 'must be twelve digits' },
          { field: 'name', fix: 'too long' },
        ],
      },
      'InvalidInput: aws.accountId (--aws-account): must be twelve digits; name: too long',
    ],
    [
      'a detail that tells the fix already is not told twice',
      {
        title: 'Bad Request',
        reason: 'AddressRefused',
        detail: 'the server of the kubeconfig is refused: it is loopback',
        errors: [{ field: 'kubeconfig', fix: 'it is loopback' }],
      },
      'AddressRefused: the server of the kubeconfig is refused: it is loopback',
    ],
    [
      'a fix that the detail does not tell is added',
      { title: 'Conflict', detail: 'look again', errors: [{ field: 'id', fix: 'must be the present one' }] },
      'Conflict: look again; id: must be the present one',
    ],
    ['a detail alone', { title: 'Forbidden', detail: 'user "x" cannot list' }, 'Forbidden: user "x" cannot list'],
    ['a title alone', { title: 'Internal Server Error' }, 'Internal Server Error'],
    ['a fix for nothing in particular', { title: 'Invalid', errors: [{ field: '', fix: 'must be another' }] }, 'Invalid: must be another'],
  ])('%s', (_, problem, line) => {
    expect(problemText(JSON.stringify(problem), optionOf)).toBe(line);
  });

  it.each(['', '<html>', '[]', '{}', '{"title": 4}', '{"message": "no"}'])('%j is no problem', (body) => {
    expect(problemText(body)).toBeUndefined();
  });
});
