import type { Permission } from '../identity/authorizer.js';
import { stsModel } from '../models/sts.generated.js';
import type { StsOperations } from '../models/sts.generated.js';
import { QueryXml } from '../protocol/query-xml.js';
import { RequestFailure } from '../protocol/request-failure.js';
import type { AwsService, ServiceCall, ServiceInput } from '../server/aws-service.js';
import type { SimulatorState } from '../state/simulator-state.js';
import { assumeRole, assumeRoleWithWebIdentity } from './assume-role.js';

/** AWS Security Token Service. */
export class StsService implements AwsService {
  readonly model = stsModel;
  readonly protocol = new QueryXml(stsModel);

  constructor(private readonly state: SimulatorState) {}

  /** None here: AssumeRole weighs trust and permission together, GetCallerIdentity needs none even under an explicit deny. */
  permissions(): readonly Permission[] {
    return [];
  }

  resourceOf(_operation: string, input: ServiceInput): string {
    const { RoleArn: arn } = input;
    return typeof arn === 'string' ? arn : '';
  }

  execute(operation: string, input: ServiceInput, call: ServiceCall): object {
    const { caller, nowMs } = call;
    if (isInputOf('AssumeRoleWithWebIdentity', operation, input)) return assumeRoleWithWebIdentity(this.state, input, nowMs);
    if (!caller) throw new RequestFailure('missingToken', 'Request is missing Authentication Token');
    if (isInputOf('AssumeRole', operation, input)) return assumeRole(this.state, caller, input, nowMs);
    return { UserId: caller.userId, Account: caller.account, Arn: caller.arn };
  }
}

/** Whether a validated input is that of this operation. */
function isInputOf<K extends keyof StsOperations>(wanted: K, operation: string, _input: unknown): _input is StsOperations[K]['input'] {
  return operation === wanted;
}
