import type { VpcLatticeShapes } from '../models/vpc-lattice.generated.js';
import { fieldProblem, invalidFields } from './lattice-errors.js';
import type { FieldProblem } from './lattice-errors.js';
import { healthCheckProblems } from './health-check.js';
import type { ImmutableConfig, TargetGroupType } from './target-group-record.js';

type Config = VpcLatticeShapes['TargetGroupConfig'];

/** The configuration with defaults filled in. Throws a ValidationException for what the group's type does not allow. */
export function completeConfig(type: TargetGroupType, config: Config): ImmutableConfig {
  const problems = type === 'LAMBDA' ? lambdaProblems(config) : trafficProblems(type, config);
  if (problems.length > 0) throw invalidFields(problems);
  if (type === 'LAMBDA') return { lambdaEventStructureVersion: config.lambdaEventStructureVersion ?? 'V1' };
  const { protocol, vpcIdentifier } = config;
  return {
    port: config.port ?? (protocol === 'HTTPS' ? 443 : 80),
    protocol,
    ...(protocol === 'TCP' ? {} : { protocolVersion: config.protocolVersion ?? 'HTTP1' }),
    ...(type === 'IP' ? { ipAddressType: config.ipAddressType ?? 'IPV4' } : {}),
    vpcIdentifier,
  };
}

function lambdaProblems(config: Config): readonly FieldProblem[] {
  const forbidden = ['port', 'protocol', 'protocolVersion', 'ipAddressType', 'vpcIdentifier', 'healthCheck'] as const;
  return forbidden
    .filter((name) => config[name] !== undefined)
    .map((name) => fieldProblem(`config.${name}`, `LAMBDA Target Group does not support ${name}`));
}

function trafficProblems(type: TargetGroupType, config: Config): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (name: keyof Config, message: string) => problems.push(fieldProblem(`config.${name}`, message));
  const { protocol, protocolVersion } = config;
  if (config.lambdaEventStructureVersion !== undefined)
    refuse('lambdaEventStructureVersion', `${type} Target Group does not support lambdaEventStructureVersion`);
  if (config.vpcIdentifier === undefined) refuse('vpcIdentifier', `vpcIdentifier is required for ${type} Target Group`);
  if (protocol === undefined) refuse('protocol', `protocol is required for ${type} Target Group`);
  if (protocol === 'TCP' && config.port === undefined) refuse('port', 'port is required for TCP Target Group');
  if (protocol === 'TCP' && protocolVersion !== undefined) refuse('protocolVersion', 'TCP Target Group does not support protocolVersion');
  if (type === 'ALB' && protocolVersion !== undefined && protocolVersion !== 'HTTP1')
    refuse('protocolVersion', `ALB Target Group does not support ${protocolVersion}`);
  if (type !== 'IP' && config.ipAddressType !== undefined) refuse('ipAddressType', `${type} Target Group does not support ipAddressType`);
  if (type === 'ALB' && config.healthCheck !== undefined) refuse('healthCheck', 'ALB Target Group does not support health check config');
  if (type !== 'ALB' && config.healthCheck) problems.push(...healthCheckProblems(config.healthCheck, config, false, 'config.healthCheck'));
  return problems;
}
