import { describe, expect, it } from '@jest/globals';
import { SimulatedRegion } from '../testing/simulated-region.js';

const vpcIdentifier = 'vpc-12345678';
const healthCheck = {
  path: '/',
  healthCheckIntervalSeconds: 30,
  healthCheckTimeoutSeconds: 5,
  healthyThresholdCount: 5,
  unhealthyThresholdCount: 2,
  matcher: { httpCode: '200' },
};

describe('the configuration that a create echoes', () => {
  it.each([
    {
      type: 'IP',
      config: { port: 8080, protocol: 'HTTP', vpcIdentifier },
      echoed: {
        port: 8080,
        protocol: 'HTTP',
        protocolVersion: 'HTTP1',
        ipAddressType: 'IPV4',
        vpcIdentifier,
        healthCheck: { ...healthCheck, enabled: true, protocol: 'HTTP', protocolVersion: 'HTTP1' },
      },
    },
    {
      type: 'IP',
      config: { protocol: 'HTTPS', protocolVersion: 'HTTP2', ipAddressType: 'IPV6', vpcIdentifier },
      echoed: {
        port: 443,
        protocol: 'HTTPS',
        protocolVersion: 'HTTP2',
        ipAddressType: 'IPV6',
        vpcIdentifier,
        healthCheck: { ...healthCheck, enabled: false, protocol: 'HTTPS', protocolVersion: 'HTTP2' },
      },
    },
    {
      type: 'IP',
      config: { port: 50051, protocol: 'HTTP', protocolVersion: 'GRPC', vpcIdentifier },
      echoed: {
        port: 50051,
        protocol: 'HTTP',
        protocolVersion: 'GRPC',
        ipAddressType: 'IPV4',
        vpcIdentifier,
        healthCheck: { ...healthCheck, enabled: false, protocol: 'HTTP', protocolVersion: 'HTTP1' },
      },
    },
    {
      type: 'IP',
      config: { port: 5432, protocol: 'TCP', vpcIdentifier },
      echoed: {
        port: 5432,
        protocol: 'TCP',
        ipAddressType: 'IPV4',
        vpcIdentifier,
        healthCheck: { ...healthCheck, enabled: false, protocol: 'HTTP', protocolVersion: 'HTTP1' },
      },
    },
    {
      type: 'INSTANCE',
      config: {
        protocol: 'HTTP',
        vpcIdentifier,
        healthCheck: { healthCheckIntervalSeconds: 0, path: '', matcher: { httpCode: '' }, port: 0, enabled: false },
      },
      echoed: {
        port: 80,
        protocol: 'HTTP',
        protocolVersion: 'HTTP1',
        vpcIdentifier,
        healthCheck: { ...healthCheck, enabled: false, protocol: 'HTTP', protocolVersion: 'HTTP1' },
      },
    },
    {
      type: 'ALB',
      config: { protocol: 'HTTP', vpcIdentifier },
      echoed: { port: 80, protocol: 'HTTP', protocolVersion: 'HTTP1', vpcIdentifier, healthCheck: undefined },
    },
    { type: 'LAMBDA', config: {}, echoed: { lambdaEventStructureVersion: 'V1', healthCheck: undefined } },
    { type: 'LAMBDA', config: undefined, echoed: undefined },
  ] as const)('of type $type and $config has every default filled in', ({ type, config, echoed }) => {
    const region = new SimulatedRegion();
    expect(region.call('CreateTargetGroup', { name: 'group', type, config }).config).toEqual(echoed);
  });

  it('has HTTP as the health check protocol of an HTTPS group where the switch says so', () => {
    const region = new SimulatedRegion({ unverified: { healthCheckProtocol: 'HTTP' } });
    const { config } = region.call('CreateTargetGroup', { name: 'group', type: 'IP', config: { protocol: 'HTTPS', vpcIdentifier } });
    expect(config?.healthCheck?.protocol).toBe('HTTP');
  });
});

describe('a configuration that its type does not allow', () => {
  const http = { protocol: 'HTTP', vpcIdentifier } as const;
  it.each([
    { type: 'LAMBDA', config: { port: 80 }, field: 'config.port' },
    { type: 'LAMBDA', config: { protocol: 'HTTP' }, field: 'config.protocol' },
    { type: 'LAMBDA', config: { protocolVersion: 'HTTP1' }, field: 'config.protocolVersion' },
    { type: 'LAMBDA', config: { vpcIdentifier }, field: 'config.vpcIdentifier' },
    { type: 'LAMBDA', config: { ipAddressType: 'IPV4' }, field: 'config.ipAddressType' },
    { type: 'LAMBDA', config: { healthCheck: {} }, field: 'config.healthCheck' },
    { type: 'IP', config: { ...http, lambdaEventStructureVersion: 'V2' }, field: 'config.lambdaEventStructureVersion' },
    { type: 'IP', config: { protocol: 'HTTP' }, field: 'config.vpcIdentifier' },
    { type: 'IP', config: { vpcIdentifier }, field: 'config.protocol' },
    { type: 'IP', config: { protocol: 'TCP', vpcIdentifier }, field: 'config.port' },
    { type: 'IP', config: { protocol: 'TCP', port: 1, protocolVersion: 'HTTP1', vpcIdentifier }, field: 'config.protocolVersion' },
    { type: 'ALB', config: { ...http, protocolVersion: 'GRPC' }, field: 'config.protocolVersion' },
    { type: 'ALB', config: { ...http, protocolVersion: 'HTTP2' }, field: 'config.protocolVersion' },
    { type: 'ALB', config: { ...http, healthCheck: { path: '/' } }, field: 'config.healthCheck' },
    { type: 'ALB', config: { ...http, ipAddressType: 'IPV4' }, field: 'config.ipAddressType' },
    { type: 'INSTANCE', config: { ...http, ipAddressType: 'IPV4' }, field: 'config.ipAddressType' },
    {
      type: 'IP',
      config: { ...http, healthCheck: { healthCheckIntervalSeconds: 4 } },
      field: 'config.healthCheck.healthCheckIntervalSeconds',
    },
    { type: 'IP', config: { ...http, healthCheck: { healthyThresholdCount: 1 } }, field: 'config.healthCheck.healthyThresholdCount' },
    { type: 'IP', config: { ...http, healthCheck: { unhealthyThresholdCount: 1 } }, field: 'config.healthCheck.unhealthyThresholdCount' },
    { type: 'IP', config: { ...http, healthCheck: { protocol: 'TCP' } }, field: 'config.healthCheck.protocol' },
    { type: 'IP', config: { ...http, healthCheck: { matcher: { httpCode: '199' } } }, field: 'config.healthCheck.matcher.httpCode' },
    { type: 'IP', config: { ...http, healthCheck: { matcher: { httpCode: '200-500' } } }, field: 'config.healthCheck.matcher.httpCode' },
    { type: 'IP', config: { ...http, healthCheck: { matcher: { httpCode: '299-200' } } }, field: 'config.healthCheck.matcher.httpCode' },
    {
      type: 'IP',
      config: { ...http, protocolVersion: 'GRPC', healthCheck: { enabled: true } },
      field: 'config.healthCheck.protocolVersion',
    },
    {
      type: 'IP',
      config: { protocol: 'TCP', port: 1, vpcIdentifier, healthCheck: { enabled: true, protocolVersion: 'HTTP1' } },
      field: 'config.healthCheck.protocol',
    },
  ] as const)('is refused by its field: $type, $field', ({ type, config, field }) => {
    const region = new SimulatedRegion();
    const refusal = region.refusal('CreateTargetGroup', { name: 'group', type, config });
    expect(refusal).toMatchObject({ code: 'ValidationException', status: 400, members: { reason: 'fieldValidationFailed' } });
    expect(refusal.members['fieldList']).toMatchObject([{ name: field }]);
  });

  it.each(['200', '200,202', '200-299', '200-299,404'])('is not one with the codes %s', (httpCode) => {
    const region = new SimulatedRegion();
    const { config } = region.call('CreateTargetGroup', {
      name: 'group',
      type: 'IP',
      config: { ...http, healthCheck: { matcher: { httpCode } } },
    });
    expect(config?.healthCheck?.matcher).toEqual({ httpCode });
  });

  it('says of an ALB group with a health check what AWS says', () => {
    const region = new SimulatedRegion();
    const refusal = region.refusal('CreateTargetGroup', { name: 'group', type: 'ALB', config: { ...http, healthCheck: {} } });
    expect(refusal.message).toBe('ALB Target Group does not support health check config');
  });
});
