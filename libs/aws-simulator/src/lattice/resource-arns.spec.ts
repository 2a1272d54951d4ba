import { expect, it } from '@jest/globals';
import { latticeArn, parseLatticeArn } from './resource-arns.js';

it.each([
  { region: 'us-west-2', partition: 'aws' },
  { region: 'cn-north-1', partition: 'aws-cn' },
  { region: 'us-gov-west-1', partition: 'aws-us-gov' },
  { region: 'us-iso-east-1', partition: 'aws-iso' },
  { region: 'us-isob-east-1', partition: 'aws-iso-b' },
  { region: 'eusc-de-east-1', partition: 'aws-eusc' },
])('an ARN of $region is of the partition $partition', ({ region, partition }) => {
  const arn = latticeArn('111111111111', region, 'targetgroup/tg-1');
  expect(arn).toBe(`arn:${partition}:vpc-lattice:${region}:111111111111:targetgroup/tg-1`);
  expect(parseLatticeArn(arn)).toEqual({ account: '111111111111', region, resource: 'targetgroup/tg-1' });
});
