import { validateDnsLabel } from '../../object/names.js';
import type { Strategy } from '../../resources/resource.js';
import type { ServiceAddresses } from './service-addresses.js';
import { allocateAddresses, keepAllocated, normalizeClusterIps } from './service-allocation.js';
import { applyServiceDefaults, dropFieldsOfOldType } from './service-defaults.js';
import { warnAboutService } from './warn-about-service.js';
import { validateService, validateServiceStatus, validateServiceUpdate } from './validate-service.js';

/** Services: with cluster addresses and node ports of the cluster they are in. */
export function serviceStrategy(addresses: ServiceAddresses): Strategy {
  return {
    nameRule: validateDnsLabel,
    allowUnconditionalUpdate: true,
    allowCreateOnUpdate: true,
    statusFields: ['status'],
    applyDefaults: applyServiceDefaults,
    prepareForCreate: (service) => {
      service['status'] = { loadBalancer: {} };
      normalizeClusterIps(service, undefined);
      allocateAddresses(service, undefined, addresses);
    },
    prepareForUpdate: (service, old) => {
      keepAllocated(service, old);
      normalizeClusterIps(service, old);
      dropFieldsOfOldType(service, old);
      allocateAddresses(service, old, addresses);
    },
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    validateStatusUpdate: validateServiceStatus,
    warnings: warnAboutService,
  };
}
