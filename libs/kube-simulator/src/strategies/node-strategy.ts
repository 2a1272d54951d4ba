import { isIPv4, isIPv6 } from 'node:net';

import { cloneJson, ensureObject, isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Strategy } from '../resources/resource.js';
import { forbidden, indexed, invalid } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

const notReady = 'node.kubernetes.io/not-ready';

/** Nodes: a new one is tainted until something says that it is ready (admission plugin TaintNodesByCondition). */
export const nodeStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: false,
  statusFields: ['status'],
  applyDefaults: (node) => {
    agreeOnRanges(node);
    const status = objectAt(node, 'status');
    const capacity = objectAt(status, 'capacity');
    if (status !== undefined && capacity !== undefined && status['allocatable'] === undefined) status['allocatable'] = cloneJson(capacity);
  },
  prepareForCreate: (node) => {
    const spec = ensureObject(node, 'spec');
    const taints = listAt(spec, 'taints');
    if (!taints.some((taint) => isJsonObject(taint) && taint['key'] === notReady))
      spec['taints'] = [...taints, { key: notReady, effect: 'NoSchedule' }];
  },
  validate: validateRanges,
  validateUpdate: (node, old) => [...validateRanges(node), ...keepRanges(node, old)],
};

/** `podCIDR` is the first of `podCIDRs`, and the only one where the list is missing. */
function agreeOnRanges(node: KubeObject): void {
  const spec = objectAt(node, 'spec');
  const [first] = stringsAt(spec, 'podCIDRs');
  const range = stringAt(spec, 'podCIDR');
  if (spec === undefined) return;
  if (first !== undefined) spec['podCIDR'] = first;
  else if (range !== '') spec['podCIDRs'] = [range];
}

function validateRanges(node: KubeObject): FieldError[] {
  return stringsAt(objectAt(node, 'spec'), 'podCIDRs').flatMap((range, index) =>
    isRange(range)
      ? []
      : [invalid(indexed('spec.podCIDRs', index), range, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')],
  );
}

/** Ranges can be given once. */
function keepRanges(node: KubeObject, old: KubeObject): FieldError[] {
  const before = stringsAt(objectAt(old, 'spec'), 'podCIDRs');
  const now = stringsAt(objectAt(node, 'spec'), 'podCIDRs');
  const isKept = before.length === 0 || (before.length === now.length && before.every((range, index) => range === now[index]));
  return isKept ? [] : [forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')];
}

function isRange(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}
