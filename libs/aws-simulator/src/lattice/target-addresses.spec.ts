import { describe, expect, it } from '@jest/globals';
import { defaultSettings } from '../settings/simulator-settings.js';
import type { SimulatorSettings } from '../settings/simulator-settings.js';
import { TargetAddresses } from './target-addresses.js';

function isAccepted(targetAddresses: SimulatorSettings['targetAddresses'], ipAddressType: 'IPV4' | 'IPV6', id: string): boolean {
  const addresses = new TargetAddresses({ ...defaultSettings(), targetAddresses });
  return addresses.problem({ type: 'IP', config: { ipAddressType } }, id) === undefined;
}

describe('an IP target', () => {
  it.each([
    ['IPV4', '10.255.255.255', true],
    ['IPV4', '172.16.0.0', true],
    ['IPV4', '172.32.0.0', false],
    ['IPV4', '192.168.1.1', true],
    ['IPV4', '192.169.1.1', false],
    ['IPV4', '100.64.0.1', true],
    ['IPV4', '100.128.0.1', false],
    ['IPV4', '169.254.1.1', false],
    ['IPV4', '127.0.0.1', false],
    ['IPV4', '8.8.8.8', false],
    ['IPV4', '10.0.0.256', false],
    ['IPV4', '10.0.0', false],
    ['IPV4', 'fd00::1', false],
    ['IPV6', 'fd00::1', true],
    ['IPV6', 'fc00::', true],
    ['IPV6', 'fe80::1', false],
    ['IPV6', '2600::1', false],
    ['IPV6', 'fd00::1%eth0', false],
    ['IPV6', '10.0.0.1', false],
  ] as const)('in a group of %s with the address %s is accepted: %s', (family, id, accepted) => {
    expect(isAccepted('private', family, id)).toBe(accepted);
  });

  it.each([
    ['any', '8.8.8.8', true],
    ['any', 'fd00::1', false],
    [['10.1.0.0/16'], '10.1.2.3', true],
    [['10.1.0.0/16'], '10.2.2.3', false],
  ] as const)('under the setting %j with the address %s is accepted: %s', (setting, id, accepted) => {
    expect(isAccepted(setting, 'IPV4', id)).toBe(accepted);
  });
});

describe('a target of another type', () => {
  it.each([
    ['INSTANCE', 'i-0123456789abcdef0', true],
    ['INSTANCE', 'i-12345678', true],
    ['INSTANCE', '10.0.0.1', false],
    ['LAMBDA', 'arn:aws:lambda:us-west-2:111111111111:function:name:1', true],
    ['LAMBDA', 'name', false],
    ['ALB', 'arn:aws:elasticloadbalancing:us-west-2:111111111111:loadbalancer/app/name/0123456789abcdef', true],
    ['ALB', 'arn:aws:elasticloadbalancing:us-west-2:111111111111:loadbalancer/net/name/0123456789abcdef', false],
  ] as const)('%s with the id %s is accepted: %s', (type, id, accepted) => {
    expect(new TargetAddresses(defaultSettings()).problem({ type, config: {} }, id) === undefined).toBe(accepted);
  });
});
