import type { HealthCheckConfig } from '@aws-sdk/client-vpc-lattice';
import type { HealthCheck } from '@hub/model';

/** A health check in AWS's words. */
export function toHealthCheckConfig(check: HealthCheck): HealthCheckConfig {
  return {
    enabled: check.enabled,
    ...(check.protocol !== undefined && { protocol: check.protocol }),
    ...(check.protocolVersion !== undefined && { protocolVersion: check.protocolVersion }),
    ...(check.port !== undefined && { port: check.port }),
    ...(check.path !== undefined && { path: check.path }),
    ...(check.intervalSeconds !== undefined && { healthCheckIntervalSeconds: check.intervalSeconds }),
    ...(check.timeoutSeconds !== undefined && { healthCheckTimeoutSeconds: check.timeoutSeconds }),
    ...(check.healthyThresholdCount !== undefined && { healthyThresholdCount: check.healthyThresholdCount }),
    ...(check.unhealthyThresholdCount !== undefined && { unhealthyThresholdCount: check.unhealthyThresholdCount }),
    ...(check.statusMatch !== undefined && { matcher: { httpCode: check.statusMatch } }),
  };
}

/**
 * The same for an update, where what is left out stays as it is: 0 takes a port back to the port of the traffic (VPC Lattice API model:
 * HealthCheckPort has 0 as its minimum, and 0 resets the other numbers).
 */
export function toHealthCheckUpdate(check: HealthCheck): HealthCheckConfig {
  const config = toHealthCheckConfig(check);
  return check.protocol !== undefined && check.port === undefined ? { ...config, port: 0 } : config;
}

/** A health check as AWS tells it. */
export function fromHealthCheckConfig(config: HealthCheckConfig | undefined): HealthCheck {
  const { protocol, protocolVersion } = config ?? {};
  return {
    enabled: config?.enabled ?? false,
    ...((protocol === 'HTTP' || protocol === 'HTTPS') && { protocol }),
    ...((protocolVersion === 'HTTP1' || protocolVersion === 'HTTP2') && { protocolVersion }),
    ...(config?.port !== undefined && config.port !== 0 && { port: config.port }),
    ...(config?.path !== undefined && { path: config.path }),
    ...(config?.healthCheckIntervalSeconds !== undefined && { intervalSeconds: config.healthCheckIntervalSeconds }),
    ...(config?.healthCheckTimeoutSeconds !== undefined && { timeoutSeconds: config.healthCheckTimeoutSeconds }),
    ...(config?.healthyThresholdCount !== undefined && { healthyThresholdCount: config.healthyThresholdCount }),
    ...(config?.unhealthyThresholdCount !== undefined && { unhealthyThresholdCount: config.unhealthyThresholdCount }),
    ...(config?.matcher?.httpCode !== undefined && { statusMatch: config.matcher.httpCode }),
  };
}
