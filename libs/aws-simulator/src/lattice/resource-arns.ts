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

/** The starts of the names of regions outside the partition `aws`, longest first. */
const partitions: readonly (readonly [start: string, partition: string])[] = [
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-iso-', 'aws-iso'],
  ['eusc-', 'aws-eusc'],
  ['cn-', 'aws-cn'],
];

function partitionOf(region: string): string {
  return partitions.find(([start]) => region.startsWith(start))?.[1] ?? 'aws';
}
