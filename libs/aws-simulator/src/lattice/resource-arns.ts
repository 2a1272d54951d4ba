/** The parts of a Lattice ARN. */
export interface LatticeArn {
  readonly region: string;
  readonly account: string;
  /** What follows the account, such as `targetgroup/tg-0123456789abcdef0`. */
  readonly resource: string;
}

/** The start of every Lattice ARN of an account and region. */
export function latticeArn(account: string, region: string, resource: string): string {
  return `arn:${partitionOf(region)}:vpc-lattice:${region}:${account}:${resource}`;
}

/** The parts of an ARN, or nothing where the text is not one of Lattice. */
export function parseLatticeArn(text: string): LatticeArn | undefined {
  const [arn, partition, service, region, account, ...rest] = text.split(':');
  if (arn !== 'arn' || !partition || service !== 'vpc-lattice' || !region || !account || rest.length === 0) return undefined;
  return { region, account, resource: rest.join(':') };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
