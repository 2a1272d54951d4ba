import { describe, expect, it } from '@jest/globals';
import { stsModel } from '../models/sts.generated.js';
import { taggingModel } from '../models/tagging.generated.js';
import { vpcLatticeModel } from '../models/vpc-lattice.generated.js';
import { ShapeValidator } from './shape-validator.js';
import { validationMessage } from './validation-message.js';

const lattice = new ShapeValidator(vpcLatticeModel);
const sts = new ShapeValidator(stsModel);
const tagging = new ShapeValidator(taggingModel);

const id = 'tg-0123456789abcdefg';
const long = (length: number) => 'a'.repeat(length);

function broken(validator: ShapeValidator, shape: string, value: unknown): readonly string[] {
  return validator.validate(shape, value).map((violation) => `${violation.path.join('.')}: ${violation.constraint}`);
}

describe('the name of a target group', () => {
  it.each(['abc', 'a-b', 'k8s-default-web-abcdefghij', long(128), '123', 'tg0', 'atg-x'])('may be %s', (name) => {
    expect(broken(lattice, 'TargetGroupName', name)).toEqual([]);
  });

  it.each(['ab', long(129), 'tg-abc', '-abc', 'abc-', 'a--b', 'Abc', 'a_b', 'a b', 'äbc', ''])('may not be %j', (name) => {
    expect(broken(lattice, 'TargetGroupName', name)).not.toEqual([]);
  });
});

describe('an identifier', () => {
  const arn = `arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/${id}`;
  it.each([
    [id, true],
    [arn, true],
    [`${arn}\n`, false],
    [` ${arn}`, false],
    [arn.replace('targetgroup', 'service'), false],
    [arn.replace('111111111111', '1111'), false],
    ['tg-short', false],
    [`${id}0`, false],
  ])('%j is valid: %s', (identifier, isValid) => {
    expect(broken(lattice, 'TargetGroupIdentifier', identifier).length === 0).toBe(isValid);
  });
});

describe('scalars of the health check', () => {
  it.each([
    ['HealthCheckPath', '', true],
    ['HealthCheckPath', '/a/b?c=d&e#f', true],
    ['HealthCheckPath', 'a', false],
    ['HealthCheckPath', '/ä', false],
    ['HealthCheckPath', `/${long(2_048)}`, false],
    ['HttpCodeMatcher', '200,201-299', true],
    ['HttpCodeMatcher', '', true],
    ['HttpCodeMatcher', '2xx', false],
    ['HealthCheckIntervalSeconds', 0, true],
    ['HealthCheckIntervalSeconds', 301, false],
    ['HealthCheckTimeoutSeconds', 121, false],
    ['HealthyThresholdCount', 11, false],
    ['HealthCheckPort', 65_536, false],
    ['Port', 0, false],
    ['Port', 65_535, true],
    ['VpcId', 'vpc-12345678', true],
    ['VpcId', 'vpc-0123456789abcdef0', true],
    ['VpcId', 'vpc-123456789', false],
    ['ClientToken', 'x', true],
    ['ClientToken', ' ', false],
    ['ClientToken', long(65), false],
    ['MaxResults', 101, false],
  ])('%s of %j is valid: %s', (shape, value, isValid) => {
    expect(lattice.validate(shape, value).length === 0).toBe(isValid);
  });
});

describe('violations', () => {
  it.each([
    { shape: 'CreateTargetGroupRequest', value: {}, expected: ['name: Member must not be null', 'type: Member must not be null'] },
    { shape: 'CreateTargetGroupRequest', value: { name: null, type: 'IP' }, expected: ['name: Member must not be null'] },
    {
      shape: 'CreateTargetGroupRequest',
      value: { name: 'abc', type: 'X' },
      expected: ['type: Member must satisfy enum value set: [IP, LAMBDA, INSTANCE, ALB]'],
    },
    { shape: 'CreateTargetGroupRequest', value: { name: 'abc', type: 'IP', unknown: 1 }, expected: [] },
    {
      shape: 'CreateTargetGroupRequest',
      value: { name: 'abc', type: 'IP', config: { port: 0, healthCheck: { healthyThresholdCount: 11 } } },
      expected: [
        'config.port: Member must have value greater than or equal to 1',
        'config.healthCheck.healthyThresholdCount: Member must have value less than or equal to 10',
      ],
    },
    { shape: 'CreateTargetGroupRequest', value: { name: 5, type: 'IP' }, expected: ['name: Expected a string'] },
    {
      shape: 'CreateTargetGroupRequest',
      value: { name: 'abc', type: 'IP', config: { port: 80.5 } },
      expected: ['config.port: Expected an integer'],
    },
    {
      shape: 'RegisterTargetsRequest',
      value: { targetGroupIdentifier: id, targets: [] },
      expected: ['targets: Member must have length greater than or equal to 1'],
    },
    {
      shape: 'RegisterTargetsRequest',
      value: { targetGroupIdentifier: id, targets: [{ id: '10.0.0.1' }, { port: 1 }] },
      expected: ['targets.2.member.id: Member must not be null'],
    },
    {
      shape: 'RegisterTargetsRequest',
      value: { targetGroupIdentifier: id, targets: Array.from({ length: 101 }, () => ({ id: '10.0.0.1' })) },
      expected: ['targets: Member must have length less than or equal to 100'],
    },
    {
      shape: 'ListTargetsRequest',
      value: { targetGroupIdentifier: id, targets: Array.from({ length: 21 }, () => ({ id: '10.0.0.1' })) },
      expected: ['targets: Member must have length less than or equal to 20'],
    },
    { shape: 'TagMap', value: { a: null }, expected: ['a.member: Member must not be null'] },
    { shape: 'TagMap', value: { [long(129)]: 'x' }, expected: ['key: Member must have length less than or equal to 128'] },
    { shape: 'Matcher', value: {}, expected: [': Member must have exactly one of these members set: httpCode'] },
    {
      shape: 'RuleAction',
      value: { forward: { targetGroups: [{ targetGroupIdentifier: id }] }, fixedResponse: { statusCode: 404 } },
      expected: [': Member must have exactly one of these members set: forward, fixedResponse'],
    },
  ])('of $shape are $expected', ({ shape, value, expected }) => {
    expect(broken(lattice, shape, value)).toEqual(expected);
  });

  it('of STS and of the tagging API are named in lower camel case', () => {
    expect(broken(sts, 'AssumeRoleRequest', { RoleArn: 'arn:aws:iam::111111111111:role/x', RoleSessionName: 'a b' })).toEqual([
      'roleSessionName: Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    ]);
    const values = Array.from({ length: 21 }, (_, index) => String(index));
    expect(broken(tagging, 'GetResourcesInput', { TagFilters: [{ Key: 'a', Values: values }] })).toEqual([
      'tagFilters.1.member.values: Member must have length less than or equal to 20',
    ]);
  });

  it('count characters, not code units', () => {
    expect(broken(lattice, 'TagKey', '😀'.repeat(128))).toEqual([]);
    expect(broken(lattice, 'TagKey', '😀'.repeat(129))).toHaveLength(1);
  });

  it('do not read fields that an object has by inheritance', () => {
    expect(broken(lattice, 'UntagResourceRequest', Object.create({ resourceArn: 'x', tagKeys: [] }))).toHaveLength(2);
  });

  it('are told in the sentence of AWS', () => {
    expect(validationMessage(lattice.validate('CreateTargetGroupRequest', { name: 'ab' }))).toBe(
      "2 validation errors detected: Value null at 'type' failed to satisfy constraint: Member must not be null; Value 'ab' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 3",
    );
  });
});

describe('a list or a map that is too long', () => {
  it.each([
    {
      words: 'a list',
      shape: 'RegisterTargetsRequest',
      value: { targetGroupIdentifier: id, targets: Array.from({ length: 101 }, () => ({})) },
    },
    {
      words: 'a map',
      shape: 'TagResourceRequest',
      value: {
        resourceArn: `arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/${id}`,
        tags: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`k${index}`, long(300)])),
      },
    },
  ])('is one violation: of $words not a single member is looked at', ({ shape, value }) => {
    expect(lattice.validate(shape, value).map((violation) => violation.path)).toHaveLength(1);
  });

  it('has a hundred violations told where the model knows no limit', () => {
    const ResourceTypeFilters = Array.from({ length: 5_000 }, () => long(257));
    expect(tagging.validate('GetResourcesInput', { ResourceTypeFilters })).toHaveLength(100);
  });
});
