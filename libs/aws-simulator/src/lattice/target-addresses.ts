import { BlockList, isIP } from 'node:net';
import type { SimulatorSettings } from '../settings/simulator-settings.js';
import { parseSubnet } from './subnet.js';
import type { TargetGroupRecord } from './target-group-record.js';

/** Why a target can't be registered. */
export interface TargetProblem {
  readonly failureCode: string;
  readonly failureMessage: string;
}

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

const idForms = {
  INSTANCE: { pattern: /^i-[0-9a-f]{8}([0-9a-f]{9})?$/, words: 'instance ID' },
  LAMBDA: { pattern: /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w$:-]+$/, words: 'Lambda function ARN' },
  ALB: { pattern: /^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/.+$/, words: 'Application Load Balancer ARN' },
} as const;

/** Judges target ids by the type of their group. Every well-formed VPC exists and has the private ranges. */
export class TargetAddresses {
  readonly #allowed = new BlockList();
  readonly #isAnyAllowed: boolean;

  constructor(private readonly settings: SimulatorSettings) {
    const { targetAddresses } = settings;
    this.#isAnyAllowed = targetAddresses === 'any';
    for (const range of typeof targetAddresses === 'string' ? privateRanges : targetAddresses) {
      const subnet = parseSubnet(range);
      if (subnet) this.#allowed.addSubnet(subnet.network, subnet.prefix, subnet.family);
    }
  }

  /** What keeps a target out of a group, or nothing. */
  problem(group: Pick<TargetGroupRecord, 'type' | 'config'>, id: string): TargetProblem | undefined {
    if (group.type === 'IP') return this.#ipProblem(group, id);
    const { pattern, words } = idForms[group.type];
    if (pattern.test(id)) return undefined;
    return { failureCode: this.settings.unverified.failureCodeAddress, failureMessage: `The target ID is not a valid ${words}` };
  }

  #ipProblem(group: Pick<TargetGroupRecord, 'config'>, id: string): TargetProblem | undefined {
    const { failureCodeAddress, failureCodeFamily } = this.settings.unverified;
    const version = id.includes('%') ? 0 : isIP(id);
    if (version === 0) return { failureCode: failureCodeAddress, failureMessage: 'The target ID is not a valid IP address' };
    const family = version === 4 ? 'IPV4' : 'IPV6';
    if (family !== group.config.ipAddressType) {
      return { failureCode: failureCodeFamily, failureMessage: `The IP address type of the target group is ${group.config.ipAddressType}` };
    }
    if (this.#isAnyAllowed || this.#allowed.check(id, version === 4 ? 'ipv4' : 'ipv6')) return undefined;
    return { failureCode: failureCodeAddress, failureMessage: 'IP targets must be in the same VPC as their target group' };
  }
}
