import { isIPv6 } from 'node:net';

import { stringAt, stringsAt } from '../../object/json-value.js';
import type { KubeObject } from '../../object/kube-object.js';
import { duplicate, invalid, notSupported, required } from '../../status/field-error.js';
import type { FieldError } from '../../status/field-error.js';
import { validateIp } from '../validate-address.js';
import { clusterIpsOf, isHeadless, specOf, typeOf } from './service-defaults.js';

const path = 'spec.clusterIPs';
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** What must hold between the cluster addresses of a Service and their families. */
export function validateClusterIps(service: KubeObject): FieldError[] {
  if (typeOf(service) === 'ExternalName') return [];
  const errors = [...validateAgreement(service), ...validateFamilies(service)];
  const ips = clusterIpsOf(service);
  const ipErrors = ips.flatMap((ip, index) => {
    if (index > 0 || ip !== 'None') return validateIp(`${path}[${index}]`, ip);
    return ips.length > 1 ? [invalid(path, ips, "'None' must be the first and only value")] : [];
  });
  errors.push(...ipErrors);
  if (ips.length > 2) errors.push(invalid(path, ips, 'may only hold up to 2 values'));
  if (ipErrors.length > 0) return errors;
  if (ips.length === 2 && isIPv6(ips[0] ?? '') === isIPv6(ips[1] ?? ''))
    errors.push(invalid(path, ips, 'may specify no more than one IP for each IP family'));
  if (!isHeadless(service)) errors.push(...validateMatch(service, ips));
  return errors;
}

function validateAgreement(service: KubeObject): FieldError[] {
  const ip = stringAt(specOf(service), 'clusterIP');
  const ips = clusterIpsOf(service);
  if (ip === '') return ips.length === 0 ? [] : [invalid(path, ips, 'must be empty when `clusterIP` is not specified')];
  if (ips.length === 0) return [required(path)];
  return ips[0] === ip ? [] : [invalid(path, ips, 'first value must match `clusterIP`')];
}

function validateFamilies(service: KubeObject): FieldError[] {
  const spec = specOf(service);
  const families = stringsAt(spec, 'ipFamilies');
  const errors = families.flatMap((family, index) => {
    const familyPath = `spec.ipFamilies[${index}]`;
    if (family !== 'IPv4' && family !== 'IPv6') return [notSupported(familyPath, family, ['IPv4', 'IPv6'])];
    return families.indexOf(family) < index ? [duplicate(familyPath, family)] : [];
  });
  const policy = spec['ipFamilyPolicy'];
  if (typeof policy === 'string' && !policies.includes(policy)) errors.push(notSupported('spec.ipFamilyPolicy', policy, policies));
  return errors;
}

function validateMatch(service: KubeObject, ips: readonly string[]): FieldError[] {
  const families = stringsAt(specOf(service), 'ipFamilies');
  return ips.flatMap((ip, index) => {
    const family = families[index];
    if (family === undefined || (family === 'IPv6') === isIPv6(ip)) return [];
    return [invalid(`${path}[${index}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``)];
  });
}
