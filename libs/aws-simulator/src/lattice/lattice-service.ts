import type { OperationFaults } from '../faults/fault-plan.js';
import type { Permission } from '../identity/authorizer.js';
import type { Caller } from '../identity/caller.js';
import { vpcLatticeModel } from '../models/vpc-lattice.generated.js';
import { RestJson } from '../protocol/rest-json.js';
import { RequestFailure } from '../protocol/request-failure.js';
import type { AwsService, ServiceCall, ServiceInput } from '../server/aws-service.js';
import type { SimulatorState } from '../state/simulator-state.js';
import type { LatticeContext } from './lattice-context.js';
import { isLatticeOperation, runLatticeOperation } from './lattice-operations.js';
import { latticePermissions, latticeResourceOf } from './lattice-permissions.js';

/** Amazon VPC Lattice. */
export class LatticeService implements AwsService {
  readonly model = vpcLatticeModel;
  readonly protocol: RestJson;

  constructor(private readonly state: SimulatorState) {
    this.protocol = new RestJson(vpcLatticeModel, () => state.settings.unverified.cannotParse);
  }

  permissions(operation: string, input: ServiceInput, place: { readonly account: string; readonly region: string }): readonly Permission[] {
    const needsTagResource = this.state.settings.unverified.tagOnCreateNeedsTagResource;
    return latticePermissions(operation, input, place, needsTagResource);
  }

  resourceOf(_operation: string, input: ServiceInput): string {
    return latticeResourceOf(input);
  }

  execute(operation: string, input: ServiceInput, call: ServiceCall): object {
    if (!call.caller) throw new RequestFailure('missingToken', 'Missing Authentication Token');
    if (!isLatticeOperation(operation)) throw new RequestFailure('unknownOperation', `Unknown operation: ${operation}`);
    const context = latticeContext(this.state, { caller: call.caller, region: call.region, faults: call.faults });
    return runLatticeOperation(context, operation, input);
  }
}

/** What an operation works with, at this moment. */
export function latticeContext(
  state: SimulatorState,
  call: { readonly caller: Pick<Caller, 'account' | 'arn'>; readonly region: string; readonly faults: OperationFaults },
): LatticeContext {
  const { account } = call.caller;
  return {
    account,
    region: call.region,
    nowMs: state.clock.nowMs(),
    caller: call.caller,
    settings: state.settings,
    store: state.region(account, call.region),
    random: state.random,
    pageTokens: state.pageTokens,
    faults: call.faults,
  };
}
