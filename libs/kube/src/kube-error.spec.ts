import { describe, expect, it } from '@jest/globals';
import { errorOfAnswer, errorOfSocket, errorOfStatus, KubeError } from './kube-error.js';

function status(fields: object): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...fields });
}

describe('the answer of an API server that is no success', () => {
  it.each<{ code: number; body: string; kind: string }>([
    { code: 400, body: status({ reason: 'BadRequest' }), kind: 'invalid' },
    { code: 401, body: status({ reason: 'Unauthorized' }), kind: 'unauthorized' },
    { code: 403, body: status({ reason: 'Forbidden' }), kind: 'forbidden' },
    { code: 404, body: status({ reason: 'NotFound' }), kind: 'notFound' },
    // A kind that is not served answers in plain text, and a proxy in whatever it likes.
    { code: 404, body: '404 page not found\n', kind: 'notServed' },
    { code: 404, body: status({}), kind: 'notServed' },
    { code: 404, body: '', kind: 'notServed' },
    { code: 405, body: status({ reason: 'MethodNotAllowed' }), kind: 'invalid' },
    { code: 406, body: status({ reason: 'NotAcceptable' }), kind: 'malformed' },
    { code: 409, body: status({ reason: 'AlreadyExists' }), kind: 'alreadyExists' },
    { code: 409, body: status({ reason: 'Conflict' }), kind: 'conflict' },
    { code: 410, body: status({ reason: 'Expired' }), kind: 'expired' },
    { code: 410, body: status({ reason: 'Gone' }), kind: 'expired' },
    { code: 413, body: '', kind: 'invalid' },
    { code: 422, body: status({ reason: 'Invalid' }), kind: 'invalid' },
    { code: 429, body: '', kind: 'throttled' },
    { code: 500, body: status({ reason: 'InternalError' }), kind: 'unavailable' },
    { code: 503, body: 'upstream connect error', kind: 'unavailable' },
    { code: 504, body: status({ reason: 'Timeout' }), kind: 'unavailable' },
    { code: 301, body: '', kind: 'malformed' },
    { code: 418, body: '', kind: 'malformed' },
    { code: 0, body: '', kind: 'malformed' },
  ])('$code $body is $kind', ({ code, body, kind }) => {
    expect(errorOfAnswer(code, {}, body)).toMatchObject({ kind, details: { status: code } });
  });

  it('is told in its own words, or by its number', () => {
    expect(errorOfAnswer(403, {}, status({ message: 'you may not' })).message).toBe('you may not');
    expect(errorOfAnswer(503, {}, 'upstream connect error').message).toBe('the API server answered 503');
    expect(errorOfAnswer(500, {}, status({ message: 7 })).message).toBe('the API server answered 500');
  });

  it('is told in few words, however many it has, so that they fit into a condition', () => {
    expect(errorOfAnswer(500, {}, status({ message: 'x'.repeat(60_000) })).message.length).toBeLessThanOrEqual(1024);
  });

  it('names the fields that were refused', () => {
    const causes = [{ field: 'spec.port', message: 'too large', reason: 'FieldValueInvalid' }];
    expect(errorOfAnswer(422, {}, status({ reason: 'Invalid', details: { causes } })).details).toMatchObject({ reason: 'Invalid', causes });
  });

  const unfit = 'failed to create typed patch object (default/p; application-networking.k8s.aws/v1alpha1, Kind=TargetGroupPolicy): ';

  it.each<[string, string, string, object[]]>([
    [
      'a field that its kind does not have',
      `${unfit}.spec.protocoll: field not declared in schema`,
      'TargetGroupPolicy default/p: spec.protocoll: TargetGroupPolicy has no such field: leave it out, or correct its name',
      [{ field: 'spec.protocoll', message: 'TargetGroupPolicy has no such field: leave it out, or correct its name' }],
    ],
    [
      'several fields',
      `${unfit}errors:\n  .spec.healthCheck.path: expected string, got &value.valueUnstructured{Value:5}\n  .spec.x: field not declared in schema`,
      'TargetGroupPolicy default/p: spec.healthCheck.path: must be a string, not 5; spec.x: TargetGroupPolicy has no such field: leave it out, or correct its name',
      [
        { field: 'spec.healthCheck.path', message: 'must be a string, not 5' },
        { field: 'spec.x', message: 'TargetGroupPolicy has no such field: leave it out, or correct its name' },
      ],
    ],
    ['what cannot be merged', 'failed to merge config: no', 'failed to merge config: no', []],
  ])('to an apply of %s says what is wrong with the object, although it comes with 500', (_, message, told, causes) => {
    expect(errorOfAnswer(500, {}, status({ message }))).toMatchObject({
      kind: 'invalid',
      message: told,
      details: { reason: 'Invalid', causes },
    });
  });

  it.each<{ header: string | undefined; seconds: number | undefined; ms: number | undefined }>([
    { header: undefined, seconds: undefined, ms: undefined },
    { header: '1', seconds: undefined, ms: 1000 },
    { header: undefined, seconds: 2, ms: 2000 },
    { header: '0', seconds: 2, ms: 0 },
    { header: '86400', seconds: undefined, ms: 300_000 },
    { header: '-1', seconds: undefined, ms: undefined },
    { header: 'Wed, 21 Oct 2026 07:28:00 GMT', seconds: undefined, ms: undefined },
  ])('that says to wait for "$header"/$seconds is waited for $ms ms', ({ header, seconds, ms }) => {
    const body = status({ details: { ...(seconds !== undefined && { retryAfterSeconds: seconds }) } });
    expect(errorOfAnswer(429, { 'retry-after': header }, body).details.retryAfterMs).toBe(ms);
  });

  it.each<[string]>([['null'], ['7'], ['"text"'], ['[]'], ['{"kind":"Status","details":null}'], ['{"kind":"Pod"}'], ['{']])(
    'of the body %s is one all the same',
    (body) => {
      expect(errorOfAnswer(500, {}, body)).toMatchObject({ kind: 'unavailable', message: 'the API server answered 500' });
    },
  );
});

describe('an error inside a watch', () => {
  it.each<{ object: unknown; kind: string }>([
    { object: { kind: 'Status', code: 410, reason: 'Expired' }, kind: 'expired' },
    { object: { kind: 'Status', code: 410, reason: 'Gone' }, kind: 'expired' },
    { object: { kind: 'Status', code: 500 }, kind: 'unavailable' },
    { object: { kind: 'Status' }, kind: 'unavailable' },
    { object: {}, kind: 'unavailable' },
    { object: null, kind: 'unavailable' },
    { object: undefined, kind: 'unavailable' },
    { object: 'text', kind: 'unavailable' },
  ])('$object is $kind', ({ object, kind }) => {
    expect(errorOfStatus(object)).toMatchObject({ name: 'KubeError', kind });
  });
});

describe('an error of a connection', () => {
  const coded = (code: string, message = 'it broke') => Object.assign(new Error(message), { code });

  it.each<{ error: unknown; kind: string }>([
    { error: coded('ECONNREFUSED'), kind: 'unreachable' },
    { error: coded('ENOTFOUND'), kind: 'unreachable' },
    { error: coded('ECONNRESET'), kind: 'unreachable' },
    { error: coded('CERT_HAS_EXPIRED'), kind: 'tls' },
    { error: coded('DEPTH_ZERO_SELF_SIGNED_CERT'), kind: 'tls' },
    { error: coded('SELF_SIGNED_CERT_IN_CHAIN'), kind: 'tls' },
    { error: coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), kind: 'tls' },
    { error: coded('ERR_TLS_CERT_ALTNAME_INVALID'), kind: 'tls' },
    { error: coded('ERR_SSL_WRONG_VERSION_NUMBER'), kind: 'tls' },
    { error: new DOMException('timed out', 'TimeoutError'), kind: 'timeout' },
    { error: new DOMException('aborted', 'AbortError'), kind: 'unreachable' },
    { error: new Error('whatever'), kind: 'unreachable' },
    { error: new Error(''), kind: 'unreachable' },
    { error: 'text', kind: 'unreachable' },
    { error: null, kind: 'unreachable' },
    { error: undefined, kind: 'unreachable' },
  ])('$error is $kind', ({ error, kind }) => {
    const made = errorOfSocket(error);
    expect(made).toMatchObject({ name: 'KubeError', kind });
    expect(made.message).not.toBe('');
  });

  it('that is told already stays as it is', () => {
    const error = new KubeError('expired', 'too old');
    expect(errorOfSocket(error)).toBe(error);
  });
});
