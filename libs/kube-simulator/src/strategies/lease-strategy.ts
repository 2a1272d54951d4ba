import { numberAt, objectAt } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Strategy } from '../resources/resource.js';
import { invalid } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

/** Leases: written by the one who has seen the latest version, and with numbers that make sense. */
export const leaseStrategy: Strategy = {
  allowUnconditionalUpdate: false,
  allowCreateOnUpdate: true,
  statusFields: [],
  prepareForCreate: dropCoordinated,
  prepareForUpdate: dropCoordinated,
  validate: validateLease,
  validateUpdate: validateLease,
};

/** The fields of coordinated leader election, which is off in Kubernetes 1.37 unless it is turned on. */
function dropCoordinated(lease: KubeObject): void {
  const spec = objectAt(lease, 'spec');
  delete spec?.['strategy'];
  delete spec?.['preferredHolder'];
}

function validateLease(lease: KubeObject): FieldError[] {
  const spec = objectAt(lease, 'spec');
  const duration = numberAt(spec, 'leaseDurationSeconds');
  const transitions = numberAt(spec, 'leaseTransitions');
  return [
    ...(duration !== undefined && duration <= 0 ? [invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0')] : []),
    ...(transitions !== undefined && transitions < 0
      ? [invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]
      : []),
  ];
}
