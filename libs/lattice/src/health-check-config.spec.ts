import type { HealthCheckConfig } from '@aws-sdk/client-vpc-lattice';
import { describe, expect, it } from '@jest/globals';
import type { HealthCheck } from '@hub/model';
import { fromHealthCheckConfig, toHealthCheckConfig, toHealthCheckUpdate } from './health-check-config.js';

const whole: HealthCheck = {
  enabled: true,
  protocol: 'HTTPS',
  protocolVersion: 'HTTP2',
  port: 9090,
  path: '/healthz',
  intervalSeconds: 10,
  timeoutSeconds: 3,
  healthyThresholdCount: 4,
  unhealthyThresholdCount: 2,
  statusMatch: '200-299',
};

describe("a health check in AWS's words", () => {
  it.each<{ because: string; check: HealthCheck }>([
    { because: 'whole', check: whole },
    { because: 'off', check: { enabled: false } },
    { because: 'half', check: { enabled: true, protocol: 'HTTP', path: '/' } },
  ])('means the same again when it is $because', ({ check }) => {
    expect(fromHealthCheckConfig(toHealthCheckConfig(check))).toEqual(check);
  });

  it.each<{ check: HealthCheck; port: number | undefined }>([
    { check: { enabled: true, protocol: 'HTTP' }, port: 0 },
    { check: { enabled: true, protocol: 'HTTP', port: 81 }, port: 81 },
    { check: { enabled: false }, port: undefined },
  ])('goes back to the port of the traffic in an update that names none: $check', ({ check, port }) => {
    expect(toHealthCheckUpdate(check).port).toBe(port);
  });

  it.each<{ because: string; config: HealthCheckConfig | undefined; check: HealthCheck }>([
    { because: 'there is none', config: undefined, check: { enabled: false } },
    { because: 'it says nothing', config: {}, check: { enabled: false } },
    { because: 'its port is that of the traffic', config: { enabled: true, port: 0 }, check: { enabled: true } },
    { because: 'its protocol is none that a check has', config: { enabled: true, protocol: 'TCP' }, check: { enabled: true } },
    { because: 'its version is of another time', config: { enabled: true, protocolVersion: 'HTTP9' as never }, check: { enabled: true } },
  ])('is read when $because', ({ config, check }) => {
    expect(fromHealthCheckConfig(config)).toEqual(check);
  });
});
