import { vpcLatticeModel } from '../models/vpc-lattice.generated.js';
import type { VpcLatticeOperations } from '../models/vpc-lattice.generated.js';
import type { SimulatorState } from '../state/simulator-state.js';
import { ShapeValidator } from '../validation/shape-validator.js';
import { validationMessage } from '../validation/validation-message.js';
import { findTargetGroup } from './find-resource.js';
import { latticeContext } from './lattice-service.js';
import type { LatticeContext } from './lattice-context.js';
import { latticeOperations, runLatticeOperation } from './lattice-operations.js';
import type { LatticeOperation } from './lattice-operations.js';
import { currentVerdict, targetKey } from './target-record.js';
import type { TargetCondition } from './target-record.js';

/** Somebody else in an account and region: changes things in process, past signatures, permissions, throttles, faults and the log. */
export class ForeignWriter {
  readonly #validator = new ShapeValidator(vpcLatticeModel);

  constructor(
    private readonly state: SimulatorState,
    private readonly account: string,
    private readonly region: string,
  ) {}

  /** Calls a Lattice operation. Throws the AwsError that AWS would answer, and a TypeError for input that breaks the model. */
  call<K extends LatticeOperation>(operation: K, input: VpcLatticeOperations[K]['input']): VpcLatticeOperations[K]['output'] {
    this.#validate(operation, input);
    return latticeOperations[operation](this.#context(), input);
  }

  /** The same for an input that comes as JSON. */
  callUntyped(operation: LatticeOperation, input: unknown): object {
    this.#validate(operation, input);
    return runLatticeOperation(this.#context(), operation, input);
  }

  #validate(operation: LatticeOperation, input: unknown): void {
    const shape = vpcLatticeModel.operations[operation]?.input;
    const violations = shape === undefined ? [] : this.#validator.validate(shape, input);
    if (violations.length > 0) throw new TypeError(validationMessage(violations));
  }

  /** Says what the health checks of a target find from now on. Throws an Error where the target is not registered. */
  setTargetCondition(targetGroup: string, target: { readonly id: string; readonly port?: number }, condition: TargetCondition): void {
    const group = findTargetGroup(this.#context(), targetGroup);
    const key = targetKey(target.id, target.port ?? group.config.port);
    const record = group.targets.get(key);
    if (!record) throw new Error(`${target.id} is not registered with ${group.id}`);
    const around = { nowMs: this.state.clock.nowMs(), settings: this.state.settings };
    const verdict = group.healthCheck ? currentVerdict(record, group.healthCheck, around) : record.verdict;
    group.targets.set(key, { ...record, condition, verdict, sinceMs: around.nowMs });
  }

  #context(): LatticeContext {
    const caller = { account: this.account, arn: `arn:aws:iam::${this.account}:user/somebody-else` };
    return latticeContext(this.state, { caller, region: this.region, faults: {} });
  }
}
