import { describe, expect, it } from '@jest/globals';
import { SimulatedRegion } from '../testing/simulated-region.js';

function withGroup(patch: ConstructorParameters<typeof SimulatedRegion>[0] = {}): {
  readonly region: SimulatedRegion;
  readonly resourceArn: string;
} {
  const region = new SimulatedRegion(patch);
  const { arn = '' } = region.call('CreateTargetGroup', { name: 'group', type: 'LAMBDA', tags: { first: '1' } });
  return { region, resourceArn: arn };
}

describe('the tags of a resource', () => {
  it('are added, changed and taken away one by one', () => {
    const { region, resourceArn } = withGroup();
    region.call('TagResource', { resourceArn, tags: { first: '2', 'a/b.c:d': '' } });
    region.call('UntagResource', { resourceArn, tagKeys: ['first', 'never-there'] });
    expect(region.call('ListTagsForResource', { resourceArn }).tags).toEqual({ 'a/b.c:d': '' });
  });

  it('belong to services, listeners and rules too', () => {
    const region = new SimulatedRegion();
    const { service, listener } = region.forwarding([]);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    const arns = [
      region.call('GetService', place).arn ?? '',
      region.call('GetListener', place).arn ?? '',
      region.call('ListRules', place).items[0]?.arn ?? '',
    ];
    for (const resourceArn of arns) region.call('TagResource', { resourceArn, tags: { a: 'b' } });
    expect(arns.map((resourceArn) => region.call('ListTagsForResource', { resourceArn }).tags)).toEqual([
      { a: 'b' },
      { a: 'b' },
      { a: 'b' },
    ]);
  });

  it.each([
    { words: 'have a reserved prefix', tags: { 'aws:owner': 'x' } },
    { words: 'have a reserved prefix in capitals', tags: { 'AWS:owner': 'x' } },
    { words: 'have a character that is not allowed', tags: { 'a*b': 'x' } },
    { words: 'have such a character in the value', tags: { a: 'x;y' } },
    { words: 'are more than fifty', tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`key${index}`, 'x'])) },
  ])('are refused where they $words, on the resource and at its creation', ({ tags }) => {
    const { region, resourceArn } = withGroup();
    expect(region.refusal('TagResource', { resourceArn, tags })).toMatchObject({ code: 'ValidationException', status: 400 });
    expect(region.refusal('CreateTargetGroup', { name: 'other', type: 'LAMBDA', tags })).toMatchObject({ code: 'ValidationException' });
    expect(region.call('ListTagsForResource', { resourceArn }).tags).toEqual({ first: '1' });
  });

  it.each([
    {
      words: 'that is not there',
      arn: 'arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/tg-00000000000000000',
      type: 'TARGET_GROUP',
    },
    { words: 'of another region', arn: 'arn:aws:vpc-lattice:eu-west-1:111111111111:service/svc-00000000000000000', type: 'SERVICE' },
    {
      words: 'of a kind that is not served',
      arn: 'arn:aws:vpc-lattice:us-west-2:111111111111:servicenetwork/sn-0',
      type: 'SERVICE_NETWORK',
    },
    { words: 'that is no resource', arn: 'arn:aws:vpc-lattice:us-west-2:111111111111:nonsense', type: 'TARGET_GROUP' },
  ])('of a resource $words are not found', ({ arn, type }) => {
    const { region } = withGroup();
    expect(region.refusal('ListTagsForResource', { resourceArn: arn })).toMatchObject({
      code: 'ResourceNotFoundException',
      members: { resourceId: arn, resourceType: type },
    });
  });

  it.each(['AccessDeniedException', 'ResourceNotFoundException'] as const)(
    'of another account are %s by the switch',
    (crossAccountIdentifier) => {
      const { region } = withGroup({ unverified: { crossAccountIdentifier } });
      const arn = 'arn:aws:vpc-lattice:us-west-2:999999999999:targetgroup/tg-00000000000000000';
      expect(region.refusal('ListTagsForResource', { resourceArn: arn }).code).toBe(crossAccountIdentifier);
      expect(region.refusal('GetTargetGroup', { targetGroupIdentifier: arn }).code).toBe(crossAccountIdentifier);
    },
  );
});
