import { describe, expect, it } from '@jest/globals';
import type { HealthCheck } from '@hub/model';
import { healthCheckText } from './health-check-text.js';

describe('a health check, in one line', () => {
  it.each<{ check: HealthCheck; text: string }>([
    { check: { enabled: false, protocol: 'HTTP', path: '/health' }, text: 'off' },
    { check: { enabled: true }, text: 'on' },
    {
      check: { enabled: true, protocol: 'HTTP', port: 8080, path: '/health', intervalSeconds: 10, statusMatch: '200-299' },
      text: 'HTTP:8080/health 10s 200-299',
    },
    { check: { enabled: true, protocol: 'HTTPS', protocolVersion: 'HTTP2', path: '/' }, text: 'HTTPS/, HTTP2' },
    {
      check: { enabled: true, path: '/', timeoutSeconds: 5, healthyThresholdCount: 2, unhealthyThresholdCount: 3 },
      text: '/, timeout 5s, healthy after 2, unhealthy after 3',
    },
    { check: { enabled: true, timeoutSeconds: 5 }, text: 'on, timeout 5s' },
  ])('$text', ({ check, text }) => {
    expect(healthCheckText(check)).toBe(text);
  });
});
