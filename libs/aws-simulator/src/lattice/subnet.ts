import { isIP } from 'node:net';

/** An address range, in the parts that node:net's BlockList takes. */
export interface Subnet {
  readonly network: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** A range such as `10.0.0.0/16`, or nothing where the text is none. */
export function parseSubnet(text: string): Subnet | undefined {
  const [network = '', bits = '', ...more] = text.split('/');
  const version = isIP(network);
  const prefix = Number(bits);
  const isPrefix = /^\d{1,3}$/.test(bits) && prefix <= (version === 4 ? 32 : 128);
  if (version === 0 || !isPrefix || more.length > 0) return undefined;
  return { network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}
