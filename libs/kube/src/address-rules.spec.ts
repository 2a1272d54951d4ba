import { describe, expect, it } from '@jest/globals';
import { AddressRules } from './address-rules.js';

const rules = new AddressRules();

describe('where a kubeconfig of a member may lead', () => {
  it.each([
    ['10.0.0.1'],
    ['172.16.0.1'],
    ['192.168.1.1'],
    ['100.64.0.1'],
    ['54.240.196.1'],
    ['8.8.8.8'],
    ['fd12:3456:789a::1'],
    ['2600:1f14::1'],
    ['::ffff:10.0.0.1'],
    ['64:ff9b::10.0.0.1'],
    ['2002:0a00:0001::1'],
  ])('%s is somewhere that clusters live', (address) => {
    expect(rules.refusal(address)).toBeUndefined();
    expect(() => rules.check(address)).not.toThrow();
  });

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['169.254.169.254', 'link-local'],
    ['169.254.170.2', 'link-local'],
    ['169.254.170.23', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['2001::1', 'teredo'],
    ['fd00:ec2::254', 'metadata'],
    ['fd00:ec2::23', 'metadata'],
    ['fd00:0ec2:0:0:0:0:0:254', 'metadata'],
    ['fd20:ce::254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['168.63.129.16', 'metadata'],
  ])('%s is refused, a %s address', (address, why) => {
    expect(rules.refusal(address)).toContain(why);
    expect(() => rules.check(address)).toThrow(
      expect.objectContaining({ kind: 'addressRefused', message: expect.stringContaining('MEMBER_ADDRESSES_ALLOWED') }),
    );
  });

  it.each([
    ['::ffff:127.0.0.1', 'mapped into IPv6'],
    ['::ffff:a9fe:a9fe', 'mapped into IPv6'],
    ['::127.0.0.1', 'compatible with IPv4'],
    ['::ffff:0:169.254.169.254', 'translated'],
    ['64:ff9b::169.254.169.254', 'behind NAT64'],
    ['64:ff9b:1::a9fe:a9fe', 'behind a local NAT64'],
    ['2002:a9fe:a9fe::1', '6to4'],
    ['2002:7f00:0001::', '6to4'],
    ['::ffff:100.100.100.200', 'mapped into IPv6'],
  ])('%s is refused, %s', (address) => {
    expect(rules.refusal(address)).toContain(`${address} stands for `);
    expect(rules.refusal(address)).not.toContain(' is ');
  });

  it.each([['2130706433'], ['0x7f000001'], ['0177.0.0.1'], ['127.1']])('%s is loopback in another notation', (address) => {
    expect(rules.refusal(address)).toContain('loopback');
  });

  it('is refused where it is no address at all', () => {
    expect(rules.refusal('example.com')).toBe('example.com is not an IP address');
    expect(rules.refusal('')).toContain('is not an IP address');
  });

  it('is not judged by a name before it is looked up', () => {
    expect(() => rules.check('api.example.com')).not.toThrow();
    expect(() => rules.check('localhost')).not.toThrow();
  });
});

describe('ranges that are allowed', () => {
  it.each<{ allowed: string; address: string; is: 'allowed' | 'refused' }>([
    { allowed: '127.0.0.0/8', address: '127.0.0.1', is: 'allowed' },
    { allowed: '127.0.0.0/8', address: '::ffff:127.0.0.1', is: 'allowed' },
    { allowed: '127.0.0.0/8', address: '::1', is: 'refused' },
    { allowed: '127.0.0.1/32', address: '127.0.0.2', is: 'refused' },
    { allowed: '::1/128', address: '::1', is: 'allowed' },
    { allowed: '::1/128', address: '127.0.0.1', is: 'refused' },
    { allowed: '169.254.10.0/24', address: '169.254.10.1', is: 'allowed' },
    { allowed: '169.254.10.0/24', address: '169.254.169.254', is: 'refused' },
    { allowed: '0.0.0.0/0', address: '169.254.169.254', is: 'allowed' },
    { allowed: '0.0.0.0/0', address: 'fd00:ec2::254', is: 'refused' },
  ])('$allowed: $address is $is', ({ allowed, address, is }) => {
    expect(new AddressRules([allowed]).refusal(address) === undefined).toBe(is === 'allowed');
  });

  it.each([['127.0.0.1'], ['127.0.0.0/33'], ['localhost/8'], ['']])('"%s" is none', (text) => {
    expect(() => new AddressRules([text])).toThrow('CIDR');
  });
});
