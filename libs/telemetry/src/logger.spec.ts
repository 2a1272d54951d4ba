import { describe, expect, it } from '@jest/globals';
import { describeError, withoutSecrets } from './logger.js';

describe('the fields of a message', () => {
  it.each([
    ['beside others', { cluster: 'a', token: 't' }, { cluster: 'a', token: '[secret]' }],
    ['in an object', { user: { name: 'u', password: 'p' } }, { user: { name: 'u', password: '[secret]' } }],
    ['two objects deep', { a: { b: { kubeconfig: 'k', c: 1 } } }, { a: { b: { kubeconfig: '[secret]', c: 1 } } }],
    ['in a list', { users: [{ cert: 'c' }] }, { users: [{ cert: '[secret]' }] }],
    ['that is an object', { authorization: { bearer: 'b' } }, { authorization: '[secret]' }],
  ])('tell nothing of a secret %s', (_, fields, told) => {
    expect(JSON.parse(JSON.stringify(withoutSecrets(fields)))).toEqual(told);
  });

  it('are left as they are, and not copied, where there is no secret', () => {
    const fields = { cluster: 'a', error: new Error('no'), targets: 3, nothing: null };
    expect(withoutSecrets(fields)).toBe(fields);
  });

  it('do not change what they were taken from', () => {
    const user = { name: 'u', password: 'p' };
    withoutSecrets({ user });
    expect(user).toEqual({ name: 'u', password: 'p' });
  });
});

describe('an error', () => {
  it('is told with its cause and its kind, and nothing else that hangs on it', () => {
    const cause = Object.assign(new Error('inner'), { request: { token: 't' } });
    const error = Object.assign(new TypeError('outer', { cause }), { kind: 'throttled', config: { password: 'p' } });
    expect(describeError(error)).toEqual({
      name: 'TypeError',
      message: 'outer',
      kind: 'throttled',
      cause: { name: 'Error', message: 'inner' },
    });
  });
});
