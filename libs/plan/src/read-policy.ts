import { networkingGroup, TargetGroupPolicySpec } from '@hub/api';
import type { Policy, PolicyOrigin, PolicySettings, Protocol, ProtocolVersion } from '@hub/model';

/** A TargetGroupPolicy as a cluster or a snapshot tells it. */
export interface RawPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  readonly spec: unknown;
}

/** Checks a policy. It never throws: a policy that can't be followed says why, and keeps its target where it has one. */
export function readPolicy(raw: RawPolicy, origin: PolicyOrigin): Policy {
  const base = {
    origin,
    namespace: raw.namespace,
    name: raw.name,
    uid: raw.uid,
    generation: raw.generation,
    createdAtMs: Date.parse(raw.creationTimestamp) || 0,
  };
  const target = targetOf(raw);
  if (typeof target === 'string') return { ...base, target: undefined, settings: { valid: false, message: target } };
  return { ...base, target, settings: settingsOf(raw.spec) };
}

/** The target, or why there is none. The kinds and the core of the refusal are those of the AWS Gateway API Controller. */
function targetOf(raw: RawPolicy): NonNullable<Policy['target']> | string {
  const parsed = TargetGroupPolicySpec.shape.targetRef.safeParse((raw.spec as { targetRef?: unknown } | null)?.targetRef);
  if (!parsed.success) return firstIssue('spec.targetRef', parsed.error.issues);
  const { group, kind, name, namespace } = parsed.data;
  if (namespace !== undefined && namespace !== raw.namespace) {
    return `spec.targetRef.namespace: a policy does not reach into another namespace, leave it out or say ${raw.namespace}`;
  }
  if (kind === 'ServiceExport' && group === networkingGroup) return { kind, name };
  if (kind === 'Service' && group === '') return { kind, name };
  const known = `${networkingGroup}/ServiceExport, or Service with an empty group`;
  return `spec.targetRef: group/kind error: not supported GroupKind=${group}/${kind}, make it ${known}`;
}

function settingsOf(spec: unknown): Policy['settings'] {
  const parsed = TargetGroupPolicySpec.safeParse(spec);
  if (!parsed.success) return { valid: false, message: firstIssue('spec', parsed.error.issues) };
  const { protocol, protocolVersion, healthCheck } = parsed.data;
  if (protocol !== undefined && !isProtocol(protocol)) return refuse('spec.protocol', protocol, 'HTTP, HTTPS or TCP');
  if (protocolVersion !== undefined && !isProtocolVersion(protocolVersion)) {
    return refuse('spec.protocolVersion', protocolVersion, 'HTTP1, HTTP2 or GRPC');
  }
  if (protocol === 'TCP' && protocolVersion !== undefined) {
    const refusal = 'protocolVersion is not supported for TCP protocol TargetGroupPolicy';
    return { valid: false, message: `spec.protocolVersion: ${refusal}, leave it out, or make spec.protocol HTTP or HTTPS` };
  }
  const problem = healthCheck && healthCheckProblem(healthCheck);
  if (problem) return { valid: false, message: problem };
  const settings: PolicySettings = { protocol, protocolVersion, healthCheck };
  return { valid: true, settings };
}

/** What Lattice would refuse and the CRD lets through (VPC Lattice API model: HealthCheckPath, HttpCodeMatcher). */
function healthCheckProblem(check: { path?: string | undefined; statusMatch?: string | undefined }): string | undefined {
  if (check.path !== undefined && (check.path.length > 2048 || !/^(\/[a-zA-Z0-9@:%_+.~#?&/=-]*)?$/.test(check.path))) {
    return 'spec.healthCheck.path: must begin with / and hold only letters, digits and @:%_+.~#?&/=-, at most 2048 characters';
  }
  if (check.statusMatch !== undefined && !/^[0-9]{3}(-[0-9]{3})?(,[0-9]{3}(-[0-9]{3})?)*$/.test(check.statusMatch)) {
    return 'spec.healthCheck.statusMatch: must be codes and ranges of codes, such as 200, 200,202 or 200-299';
  }
  return undefined;
}

function refuse(field: string, value: string, allowed: string): Policy['settings'] {
  return { valid: false, message: `${field}: ${JSON.stringify(value)} is not one of ${allowed}` };
}

type Issue = NonNullable<ReturnType<typeof TargetGroupPolicySpec.safeParse>['error']>['issues'][number];

function firstIssue(prefix: string, issues: readonly Issue[]): string {
  const issue = issues[0];
  return issue ? `${[prefix, ...issue.path.map(String)].join('.')}: ${fixOf(issue)}` : `${prefix}: must be as the CRD says`;
}

/** How a field must be that its schema refuses: the schema's own words are about its types. */
function fixOf(issue: Issue): string {
  if (issue.code === 'invalid_type') {
    const kind = kinds[issue.expected] ?? issue.expected;
    return issue.message.endsWith('received undefined') ? `is required: ${kind}` : `must be ${kind}`;
  }
  if (issue.code === 'too_small') {
    if (issue.origin !== 'string') return `must be at least ${issue.minimum}`;
    return issue.minimum === 1 ? 'must not be empty' : `must have at least ${issue.minimum} characters`;
  }
  if (issue.code === 'too_big') {
    return issue.origin === 'string' ? `must have at most ${issue.maximum} characters` : `must be at most ${issue.maximum}`;
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  return issue.code === 'invalid_format' ? `must match ${issue.pattern}` : issue.message;
}

/** What a schema expects, in words. */
const kinds: Readonly<Record<string, string>> = {
  object: 'an object',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function isProtocol(text: string): text is Protocol {
  return text === 'HTTP' || text === 'HTTPS' || text === 'TCP';
}

function isProtocolVersion(text: string): text is ProtocolVersion {
  return text === 'HTTP1' || text === 'HTTP2' || text === 'GRPC';
}
