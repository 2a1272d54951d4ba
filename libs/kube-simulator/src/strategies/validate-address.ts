import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

import { invalid } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

/** Whether a text is an IP address with zeros in front of a number, which some programs read as octal. */
const hasLeadingZeros = (address: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && /(^|\.)0\d/.test(address);

/** An IP address, in the API server's words where it is none. */
export function validateIp(path: string, address: string): FieldError[] {
  if (isIP(address) !== 0 && !hasLeadingZeros(address)) return [];
  return [
    invalid(
      path,
      address,
      hasLeadingZeros(address) ? 'must not have leading 0s' : 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ),
  ];
}

const special = (...subnets: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList();
  for (const [address, bits] of subnets) list.addSubnet(address, bits, isIPv4(address) ? 'ipv4' : 'ipv6');
  return list;
};

const refused: readonly (readonly [BlockList, string])[] = [
  [special(['0.0.0.0', 32]), 'may not be unspecified (0.0.0.0)'],
  [special(['::', 128]), 'may not be unspecified (::)'],
  [special(['127.0.0.0', 8], ['::1', 128]), 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [special(['169.254.0.0', 16], ['fe80::', 10]), 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [special(['224.0.0.0', 24], ['ff02::', 16]), 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

/** The address of an endpoint: no loopback, no link-local address. */
export function validateEndpointIp(path: string, address: string): FieldError[] {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return refused.filter(([list]) => list.check(address, family)).map(([, message]) => invalid(path, address, message));
}
