import type { HealthCheck, PolicyHealthCheck, TargetGroupShape } from '@hub/model';

/**
 * A policy's health check with the defaults of the AWS Gateway API Controller filled in, field by field: what a target group must have. A TCP
 * group has no defaults but "off"; what a policy sets for it stands alone.
 */
export function fillHealthCheck(
  asked: PolicyHealthCheck | undefined,
  shape: Pick<TargetGroupShape, 'protocol' | 'protocolVersion'>,
): HealthCheck {
  if (shape.protocol === 'TCP') return { ...withoutUndefined(asked ?? {}), enabled: asked?.enabled ?? false };
  const defaults: HealthCheck = {
    enabled: shape.protocolVersion === 'HTTP1',
    protocol: 'HTTP',
    protocolVersion: shape.protocolVersion === 'HTTP2' ? 'HTTP2' : 'HTTP1',
    path: '/',
    statusMatch: '200',
    healthyThresholdCount: 5,
    unhealthyThresholdCount: 2,
    timeoutSeconds: 5,
    intervalSeconds: 30,
  };
  return { ...defaults, ...withoutUndefined(asked ?? {}) };
}

/**
 * Whether the group's health check is not the one wanted. Only what is wanted is compared, because AWS fills in more for a TCP group than
 * anybody asked for; with a protocol the port counts when it is absent too, since absent means the port of the traffic.
 */
export function healthCheckDiffers(wanted: HealthCheck, observed: HealthCheck): boolean {
  const { port, ...rest } = wanted;
  if ((wanted.protocol !== undefined || port !== undefined) && port !== observed.port) return true;
  return (Object.keys(rest) as (keyof typeof rest)[]).some((field) => rest[field] !== observed[field]);
}

function withoutUndefined(asked: PolicyHealthCheck): Partial<HealthCheck> {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}
