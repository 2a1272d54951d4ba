import type { HealthCheck } from '@hub/model';

/**
 * A health check as the tables of target groups show it, and after that what they leave out: a step may be about that alone. Without a port of its
 * own the check goes to that of each target.
 */
export function healthCheckText(check: HealthCheck): string {
  if (!check.enabled) return 'off';
  const { protocol = '', protocolVersion, port, path = '', intervalSeconds, timeoutSeconds, statusMatch } = check;
  const asked = `${protocol}${port === undefined ? '' : `:${port}`}${path}`;
  const shown = [asked, seconds(intervalSeconds), statusMatch].filter((part) => part).join(' ');
  const more = [
    protocolVersion,
    labelled('timeout', seconds(timeoutSeconds)),
    labelled('healthy after', check.healthyThresholdCount),
    labelled('unhealthy after', check.unhealthyThresholdCount),
  ];
  return [shown || 'on', ...more].filter((part) => part !== undefined).join(', ');
}

function seconds(count: number | undefined): string | undefined {
  return count === undefined ? undefined : `${count}s`;
}

function labelled(label: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${label} ${value}`;
}
