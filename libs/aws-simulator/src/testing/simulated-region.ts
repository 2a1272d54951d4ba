import { SimulatorClock } from '../clock/simulator-clock.js';
import type { OperationFaults } from '../faults/fault-plan.js';
import { latticeContext } from '../lattice/lattice-service.js';
import { latticeOperations } from '../lattice/lattice-operations.js';
import type { LatticeOperation } from '../lattice/lattice-operations.js';
import type { VpcLatticeOperations } from '../models/vpc-lattice.generated.js';
import { AwsError } from '../protocol/aws-error.js';
import { patchSettings } from '../settings/patch-settings.js';
import type { SettingsPatch } from '../settings/patch-settings.js';
import { defaultSettings } from '../settings/simulator-settings.js';
import { SeededRandom } from '../state/seeded-random.js';
import { SimulatorState } from '../state/simulator-state.js';

export const testAccount = '111111111111';
export const testRegion = 'us-west-2';

/** Lattice in one account and region without a server, on a clock that stands still until it is moved. */
export class SimulatedRegion {
  readonly state: SimulatorState;

  constructor(patch: SettingsPatch = {}) {
    const settings = defaultSettings();
    patchSettings(settings, patch);
    this.state = new SimulatorState(new SimulatorClock(() => 1_700_000_000_000), settings, new SeededRandom(7));
    this.state.accounts.add(testAccount);
  }

  /** Does an operation as the account's user. */
  call<K extends LatticeOperation>(
    operation: K,
    input: VpcLatticeOperations[K]['input'],
    faults: OperationFaults = {},
    region: string = testRegion,
  ): VpcLatticeOperations[K]['output'] {
    const caller = { account: testAccount, arn: `arn:aws:iam::${testAccount}:user/sandbox` };
    return latticeOperations[operation](latticeContext(this.state, { caller, region, faults }), input);
  }

  /** What an operation is refused with: its code, status and message; throws where it is done. */
  refusal<K extends LatticeOperation>(operation: K, input: VpcLatticeOperations[K]['input']): AwsError {
    try {
      this.call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
    throw new Error(`${operation} was done`);
  }

  advance(ms: number): void {
    this.state.clock.advance(ms);
  }

  /** An ACTIVE IP group for HTTP on port 80. Gives its id. */
  activeGroup(name = 'group', input: Partial<VpcLatticeOperations['CreateTargetGroup']['input']> = {}): string {
    const created = this.call('CreateTargetGroup', {
      name,
      type: 'IP',
      config: { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' },
      ...input,
    });
    this.advance(this.state.settings.createDelayMs);
    return created.id ?? '';
  }

  /** A service with one HTTP listener that forwards to these groups. Gives the ids of service and listener. */
  forwarding(groups: readonly string[], name = 'service'): { readonly service: string; readonly listener: string } {
    const service = this.call('CreateService', { name }).id ?? '';
    const targetGroups = groups.map((targetGroupIdentifier) => ({ targetGroupIdentifier, weight: 1 }));
    const defaultAction = groups.length > 0 ? { forward: { targetGroups } } : { fixedResponse: { statusCode: 404 } };
    const listener = this.call('CreateListener', { serviceIdentifier: service, name: 'http', protocol: 'HTTP', defaultAction });
    this.advance(this.state.settings.createDelayMs);
    return { service, listener: listener.id ?? '' };
  }
}
