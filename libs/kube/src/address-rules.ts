import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { KubeError } from './kube-error.js';

/**
 * Cloud metadata services that lie in no range of their own: AWS over IPv6 (the instance's at ::254, the credentials of EKS pods at ::23), GCP
 * over IPv6, Alibaba, Azure's wire server.
 */
const metadata = ['fd00:ec2::/32', 'fd20:ce::254/128', '100.100.100.200/32', '168.63.129.16/32'].map((cidr) => ipaddr.parseCIDR(cidr));

const refusedRanges: ReadonlySet<string> = new Set([
  'unspecified',
  'loopback',
  'linkLocal',
  'multicast',
  'broadcast',
  'reserved',
  'teredo',
]);

/**
 * Where a member's kubeconfig may lead the hub. A kubeconfig is a stranger's word: it must not make the hub call itself, its node or a cloud's
 * metadata service. Private ranges are allowed, since that is where clusters live.
 */
export class AddressRules {
  private readonly allowed: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

  /**
   * @param allowedCidrs ranges that are allowed whatever else is said of them, such as 127.0.0.0/8 where members run on this machine
   * @throws Error for a text that is no CIDR
   */
  constructor(allowedCidrs: readonly string[] = []) {
    this.allowed = allowedCidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  }

  /** Why an address is refused, or undefined where it is not. */
  refusal(address: string): string | undefined {
    if (!ipaddr.isValid(address)) return `${address} is not an IP address`;
    const parsed = ipaddr.parse(address);
    if (this.isAllowed(parsed)) return undefined;
    const inner = embedded(parsed);
    if (inner) {
      const why = this.refusal(inner.toString());
      return why && `${address} stands for ${why.replace(' is ', ', ')}`;
    }
    if (metadata.some((range) => isWithin(parsed, range))) return `${address} is a cloud's metadata service`;
    const range = parsed.range();
    return refusedRanges.has(range) ? `${address} is ${describe(range)} address` : undefined;
  }

  private isAllowed(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
    return this.allowed.some((range) => isWithin(address, range));
  }

  /**
   * A lookup for sockets that fails where any address of the name is refused, and gives just those that were looked at: what is connected to is
   * what was checked.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      for (const { address } of addresses) {
        const why = this.refusal(address);
        if (why) return callback(addressError(hostname, why), '', 0);
      }
      const first = addresses[0];
      if (!first) return callback(new KubeError('unreachable', `${hostname} has no address`), '', 0);
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };

  /** For a host that is an address already: sockets do not look those up. @throws KubeError of kind addressRefused */
  check(host: string): void {
    if (!ipaddr.isValid(host)) return;
    const why = this.refusal(host);
    if (why) throw addressError(host, why);
  }
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: readonly [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

function addressError(host: string, why: string): KubeError {
  return new KubeError('addressRefused', `the server ${host} is refused: ${why}; MEMBER_ADDRESSES_ALLOWED of the hub can allow it`);
}

/** The IPv4 address inside an IPv6 address of one of the forms that reach it. */
function embedded(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (address.kind() === 'ipv4') return undefined;
  const v6 = address as ipaddr.IPv6;
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address();
  const bytes = v6.toByteArray();
  const range = v6.range();
  if (range === 'rfc6052' || range === 'rfc6145') return new ipaddr.IPv4(bytes.slice(12));
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  // IPv4-compatible addresses (::a.b.c.d) are deprecated, and some systems still route them.
  if (bytes.slice(0, 12).every((b) => b === 0) && bytes.slice(12).some((b, i) => b > (i === 3 ? 1 : 0)))
    return new ipaddr.IPv4(bytes.slice(12));
  return undefined;
}

function describe(range: string): string {
  const name = range === 'linkLocal' ? 'link-local' : range;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
