import { describe, expect, it } from '@jest/globals';
import type { HealthCheck, PolicyHealthCheck, TargetGroupShape } from '@hub/model';
import { fillHealthCheck, healthCheckDiffers } from './health-check.js';

type Shape = Pick<TargetGroupShape, 'protocol' | 'protocolVersion'>;

const common: Omit<HealthCheck, 'enabled' | 'protocolVersion'> = {
  protocol: 'HTTP',
  path: '/',
  statusMatch: '200',
  healthyThresholdCount: 5,
  unhealthyThresholdCount: 2,
  timeoutSeconds: 5,
  intervalSeconds: 30,
};
const http1: Shape = { protocol: 'HTTP', protocolVersion: 'HTTP1' };

describe('the health check that a group must have', () => {
  it.each<{ group: string; shape: Shape; defaults: HealthCheck }>([
    { group: 'HTTP1', shape: http1, defaults: { ...common, enabled: true, protocolVersion: 'HTTP1' } },
    {
      group: 'HTTP2',
      shape: { protocol: 'HTTP', protocolVersion: 'HTTP2' },
      defaults: { ...common, enabled: false, protocolVersion: 'HTTP2' },
    },
    {
      group: 'GRPC',
      shape: { protocol: 'HTTP', protocolVersion: 'GRPC' },
      defaults: { ...common, enabled: false, protocolVersion: 'HTTP1' },
    },
    // As upstream: the check of an HTTPS group is HTTP unless somebody says otherwise.
    {
      group: 'HTTPS',
      shape: { protocol: 'HTTPS', protocolVersion: 'HTTP1' },
      defaults: { ...common, enabled: true, protocolVersion: 'HTTP1' },
    },
    {
      group: 'HTTPS over HTTP2',
      shape: { protocol: 'HTTPS', protocolVersion: 'HTTP2' },
      defaults: { ...common, enabled: false, protocolVersion: 'HTTP2' },
    },
    { group: 'TCP', shape: { protocol: 'TCP' }, defaults: { enabled: false } },
  ])('is the default of a $group group where no policy says anything', ({ shape, defaults }) => {
    expect(fillHealthCheck(undefined, shape)).toEqual(defaults);
    expect(fillHealthCheck({}, shape)).toEqual(defaults);
  });

  it.each<[PolicyHealthCheck]>([
    [{ enabled: false }],
    [{ path: '/healthz' }],
    [{ port: 9090 }],
    [{ protocol: 'HTTPS', protocolVersion: 'HTTP2' }],
    [{ intervalSeconds: 10, timeoutSeconds: 3, healthyThresholdCount: 2, unhealthyThresholdCount: 3 }],
    [{ statusMatch: '200-299' }],
  ])('is %j over the defaults, field by field', (asked) => {
    expect(fillHealthCheck(asked, http1)).toEqual({ ...fillHealthCheck(undefined, http1), ...asked });
  });

  it('takes a field that is there and undefined for one that is not there', () => {
    expect(fillHealthCheck({ path: undefined, enabled: undefined, port: undefined }, http1)).toEqual(fillHealthCheck(undefined, http1));
  });

  it('of a TCP group is what the policy says and nothing else', () => {
    const asked: PolicyHealthCheck = { enabled: true, protocol: 'HTTP', path: '/x' };
    expect(fillHealthCheck(asked, { protocol: 'TCP' })).toEqual(asked);
    expect(fillHealthCheck({ path: '/x' }, { protocol: 'TCP' })).toEqual({ enabled: false, path: '/x' });
  });
});

describe('two health checks', () => {
  const wanted = fillHealthCheck(undefined, http1);

  it('are the same when every field is', () => {
    expect(healthCheckDiffers(wanted, { ...wanted })).toBe(false);
  });

  it.each<[Partial<HealthCheck>]>([
    [{ enabled: false }],
    [{ protocol: 'HTTPS' }],
    [{ protocolVersion: 'HTTP2' }],
    [{ path: '/x' }],
    [{ statusMatch: '200,201' }],
    [{ intervalSeconds: 31 }],
    [{ timeoutSeconds: 6 }],
    [{ healthyThresholdCount: 4 }],
    [{ unhealthyThresholdCount: 3 }],
    [{ port: 8080 }],
  ])('differ when AWS has %j', (observed) => {
    expect(healthCheckDiffers(wanted, { ...wanted, ...observed })).toBe(true);
  });

  it('differ when the port of the traffic is wanted no more, and when another port is', () => {
    expect(healthCheckDiffers({ ...wanted, port: 9090 }, wanted)).toBe(true);
    expect(healthCheckDiffers({ ...wanted, port: 9090 }, { ...wanted, port: 9091 })).toBe(true);
  });

  it('of a TCP group are the same whatever AWS fills in for a check that is off', () => {
    expect(healthCheckDiffers({ enabled: false }, { ...common, enabled: false, port: 80 })).toBe(false);
  });

  it('of a TCP group differ by the port alone, with or without a protocol', () => {
    expect(healthCheckDiffers({ enabled: true, protocol: 'HTTP', port: 9090 }, { enabled: true, protocol: 'HTTP', port: 9091 })).toBe(true);
    expect(healthCheckDiffers({ enabled: true, port: 9090 }, { enabled: true, protocol: 'HTTP' })).toBe(true);
  });
});
