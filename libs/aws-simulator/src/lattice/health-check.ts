import type { VpcLatticeShapes } from '../models/vpc-lattice.generated.js';
import type { SimulatorSettings } from '../settings/simulator-settings.js';
import { fieldProblem } from './lattice-errors.js';
import type { FieldProblem } from './lattice-errors.js';

type HealthCheckInput = VpcLatticeShapes['HealthCheckConfig'];
type GroupConfig = VpcLatticeShapes['TargetGroupConfig'];

/** A group's health check with every default filled in; no port means the port that a target receives traffic on. */
export interface HealthCheck {
  readonly enabled: boolean;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP';
  readonly protocolVersion: 'HTTP1' | 'HTTP2';
  readonly port?: number;
  readonly path: string;
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckTimeoutSeconds: number;
  readonly healthyThresholdCount: number;
  readonly unhealthyThresholdCount: number;
  readonly matcher: { readonly httpCode: string };
}

/** Ranges that the user guide documents; the model also takes zero, which resets to the default. */
const documented = {
  healthCheckIntervalSeconds: [5, 300],
  healthCheckTimeoutSeconds: [1, 120],
  healthyThresholdCount: [2, 10],
  unhealthyThresholdCount: [2, 10],
} as const;

/** The defaults for a group: checks are on for HTTP1 only. */
export function defaultHealthCheck(config: GroupConfig, settings: SimulatorSettings): HealthCheck {
  const isHttp = config.protocol === 'HTTP' || config.protocol === 'HTTPS';
  const groupProtocol = config.protocol === 'HTTPS' ? 'HTTPS' : 'HTTP';
  return {
    enabled: isHttp && config.protocolVersion === 'HTTP1',
    protocol: settings.unverified.healthCheckProtocol === 'group' ? groupProtocol : 'HTTP',
    protocolVersion: config.protocolVersion === 'HTTP2' ? 'HTTP2' : 'HTTP1',
    path: '/',
    healthCheckIntervalSeconds: 30,
    healthCheckTimeoutSeconds: 5,
    healthyThresholdCount: 5,
    unhealthyThresholdCount: 2,
    matcher: { httpCode: '200' },
  };
}

/** The health check that results from what is there and what is asked for: zero and empty reset a field, one left out keeps its value. */
export function mergedHealthCheck(base: HealthCheck, defaults: HealthCheck, input: HealthCheckInput): HealthCheck {
  const { port: basePort, ...rest } = base;
  const port = input.port === undefined ? basePort : input.port || undefined;
  const count = (name: keyof typeof documented) => (input[name] === undefined ? base[name] : input[name] || defaults[name]);
  return {
    ...rest,
    enabled: input.enabled ?? base.enabled,
    protocol: input.protocol ?? base.protocol,
    protocolVersion: input.protocolVersion ?? base.protocolVersion,
    ...(port === undefined ? {} : { port }),
    path: input.path === undefined ? base.path : input.path || defaults.path,
    healthCheckIntervalSeconds: count('healthCheckIntervalSeconds'),
    healthCheckTimeoutSeconds: count('healthCheckTimeoutSeconds'),
    healthyThresholdCount: count('healthyThresholdCount'),
    unhealthyThresholdCount: count('unhealthyThresholdCount'),
    matcher: {
      httpCode: input.matcher?.httpCode === undefined ? base.matcher.httpCode : input.matcher.httpCode || defaults.matcher.httpCode,
    },
  };
}

/** What is wrong with a health check that the model alone does not see. `path` is where it stands in the request. */
export function healthCheckProblems(
  input: HealthCheckInput,
  config: GroupConfig,
  wasEnabled: boolean,
  path: string,
): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [name, [low, high]] of Object.entries(documented)) {
    const value: unknown = Reflect.get(input, name);
    if (typeof value === 'number' && value !== 0 && (value < low || value > high)) {
      problems.push(fieldProblem(`${path}.${name}`, `Value must be between ${low} and ${high}`));
    }
  }
  if (input.protocol === 'TCP') problems.push(fieldProblem(`${path}.protocol`, 'Health check protocol must be HTTP or HTTPS'));
  const httpCode = input.matcher?.httpCode;
  if (httpCode && !isCodeList(httpCode)) problems.push(fieldProblem(`${path}.matcher.httpCode`, 'Codes must be between 200 and 499'));
  if (input.enabled === true && !wasEnabled) problems.push(...missingProtocol(input, config, path));
  return problems;
}

/** Groups that check nothing by themselves must say how, once somebody turns the checks on. */
function missingProtocol(input: HealthCheckInput, config: GroupConfig, path: string): readonly FieldProblem[] {
  const isTcp = config.protocol === 'TCP';
  const problems: FieldProblem[] = [];
  if (isTcp && input.protocol === undefined)
    problems.push(fieldProblem(`${path}.protocol`, 'Health check protocol is required for TCP target groups'));
  if ((isTcp || config.protocolVersion === 'GRPC') && input.protocolVersion === undefined) {
    problems.push(fieldProblem(`${path}.protocolVersion`, 'Health check protocol version must be HTTP1 or HTTP2'));
  }
  return problems;
}

/** A list such as `200,202` or `200-299`. */
function isCodeList(text: string): boolean {
  return text.split(',').every((part) => {
    const match = /^(\d{3})(?:-(\d{3}))?$/.exec(part);
    if (!match) return false;
    const low = Number(match[1]);
    const high = Number(match[2] ?? match[1]);
    return low >= 200 && high <= 499 && low <= high;
  });
}
