import { describe, expect, it } from '@jest/globals';
import type { TaggingOperations } from '../models/tagging.generated.js';
import { AwsError } from '../protocol/aws-error.js';
import { SimulatedRegion, testAccount, testRegion } from '../testing/simulated-region.js';
import { TaggingService } from './tagging-service.js';

function call<K extends keyof TaggingOperations>(
  region: SimulatedRegion,
  operation: K,
  input: TaggingOperations[K]['input'],
  role?: string,
): object {
  const arn = role === undefined ? `arn:aws:iam::${testAccount}:user/sandbox` : `arn:aws:sts::${testAccount}:assumed-role/${role}/x`;
  const caller = { account: testAccount, arn, userId: '', accessKeyId: '', role, sessionActions: undefined, issuedAtMs: 1 };
  return new TaggingService(region.state).execute(
    operation,
    { ...input },
    { caller, region: testRegion, nowMs: region.state.clock.nowMs(), faults: {} },
  );
}

function names(region: SimulatedRegion, input: TaggingOperations['GetResources']['input']): readonly string[] {
  const { ResourceTagMappingList: list = [] } = call(region, 'GetResources', input) as TaggingOperations['GetResources']['output'];
  return list.map((mapping) => (mapping.Tags ?? []).find((tag) => tag.Key === 'name')?.Value ?? '').toSorted();
}

function refusalCode(action: () => object): string {
  try {
    action();
  } catch (error) {
    if (error instanceof AwsError) return error.code;
  }
  return '';
}

function withGroups(patch: ConstructorParameters<typeof SimulatedRegion>[0] = {}): {
  readonly region: SimulatedRegion;
  readonly arns: readonly string[];
} {
  const region = new SimulatedRegion(patch);
  const tags = [{ name: 'one', team: 'red' }, { name: 'two', team: 'blue', stage: '' }, { name: 'three' }, {}];
  const arns = tags.map((own, index) => region.call('CreateTargetGroup', { name: `group-${index}`, type: 'LAMBDA', tags: own }).arn ?? '');
  return { region, arns };
}

describe('GetResources', () => {
  it.each([
    { input: {}, found: ['one', 'three', 'two'] },
    { input: { TagFilters: [{ Key: 'team' }] }, found: ['one', 'two'] },
    { input: { TagFilters: [{ Key: 'team', Values: ['red', 'green'] }] }, found: ['one'] },
    { input: { TagFilters: [{ Key: 'team', Values: ['red', 'blue'] }, { Key: 'stage' }] }, found: ['two'] },
    { input: { TagFilters: [{ Key: 'team', Values: [] }] }, found: ['one', 'two'] },
    { input: { TagFilters: [{ Key: 'nobody' }] }, found: [] },
    { input: { ResourceTypeFilters: ['vpc-lattice:targetgroup'] }, found: ['one', 'three', 'two'] },
    { input: { ResourceTypeFilters: ['vpc-lattice'] }, found: ['one', 'three', 'two'] },
    { input: { ResourceTypeFilters: ['vpc-lattice:service', 's3'] }, found: [] },
    { input: { IncludeComplianceDetails: true, ExcludeCompliantResources: true }, found: [] },
  ])('finds $found by $input', ({ input, found }) => {
    expect(names(withGroups().region, input)).toEqual(found);
  });

  it('finds by ARN, leaves out what it does not know, and never lists what never had a tag', () => {
    const { region, arns } = withGroups();
    const unknown = 'arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/tg-00000000000000000';
    expect(names(region, { ResourceARNList: [...arns, unknown] })).toEqual(['one', 'three', 'two']);
  });

  it('lists with no tags what has lost them', () => {
    const { region, arns } = withGroups();
    region.call('UntagResource', { resourceArn: arns[2] ?? '', tagKeys: ['name'] });
    expect(call(region, 'GetResources', { ResourceARNList: [arns[2] ?? ''] })).toEqual({
      PaginationToken: '',
      ResourceTagMappingList: [{ ResourceARN: arns[2], Tags: [], ComplianceDetails: undefined }],
    });
  });

  it('follows Lattice after the lag of the settings, and lists what was deleted until then', () => {
    const region = new SimulatedRegion({ taggingLagMs: 1_000, createDelayMs: 0, deleteDelayMs: 0 });
    const { id = '' } = region.call('CreateTargetGroup', { name: 'group', type: 'LAMBDA', tags: { name: 'one' } });
    expect(names(region, {})).toEqual([]);
    region.advance(1_000);
    expect(names(region, {})).toEqual(['one']);
    region.call('DeleteTargetGroup', { targetGroupIdentifier: id });
    expect(region.refusal('GetTargetGroup', { targetGroupIdentifier: id }).status).toBe(404);
    expect(names(region, {})).toEqual(['one']);
    region.advance(1_000);
    expect(names(region, {})).toEqual([]);
  });

  it('lists services, listeners and rules by their types, until they are gone with their service', () => {
    const region = new SimulatedRegion({ createDelayMs: 0, deleteDelayMs: 0 });
    const { service, listener } = region.forwarding([]);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    const arns = {
      service: region.call('GetService', place).arn,
      listener: region.call('GetListener', place).arn,
      rule: region.call('ListRules', place).items[0]?.arn,
    };
    for (const [name, resourceArn = ''] of Object.entries(arns)) region.call('TagResource', { resourceArn, tags: { name } });
    const byType = (type: string) => names(region, { ResourceTypeFilters: [`vpc-lattice:${type}`] });
    expect([byType('service'), byType('listener'), byType('rule')]).toEqual([['service'], ['listener'], ['rule']]);
    region.call('DeleteService', place);
    expect(region.call('ListServices', {}).items).toEqual([]);
    expect(names(region, {})).toEqual([]);
  });

  it('comes in pages, and ends with an empty token', () => {
    const { region } = withGroups();
    const found: string[] = [];
    let token = '';
    do {
      const page = call(region, 'GetResources', {
        ResourcesPerPage: 2,
        PaginationToken: token,
      }) as TaggingOperations['GetResources']['output'];
      found.push(...(page.ResourceTagMappingList ?? []).map((mapping) => mapping.ResourceARN ?? ''));
      token = page.PaginationToken ?? 'missing';
    } while (token !== '');
    expect(new Set(found).size).toBe(3);
    expect(found).toHaveLength(3);
  });

  it('ends a page where its tags are used up', () => {
    const region = new SimulatedRegion();
    for (const name of ['one', 'two', 'three']) {
      const tags = { name, ...Object.fromEntries(Array.from({ length: 44 }, (_, index) => [`key${index}`, 'x'])) };
      region.call('CreateTargetGroup', { name, type: 'LAMBDA', tags });
    }
    const page = call(region, 'GetResources', { TagsPerPage: 100 }) as TaggingOperations['GetResources']['output'];
    expect(page.ResourceTagMappingList).toHaveLength(2);
    expect(names(region, { TagsPerPage: 100, PaginationToken: page.PaginationToken })).toHaveLength(1);
  });

  it.each([
    { input: { ResourceARNList: ['arn:aws:s3:::x'], TagFilters: [{ Key: 'a' }] } },
    { input: { ResourceARNList: ['arn:aws:s3:::x'], ResourceTypeFilters: ['s3'] } },
    { input: { ResourceARNList: ['arn:aws:s3:::x'], ResourcesPerPage: 1 } },
    { input: { ResourceARNList: ['arn:aws:s3:::x'], TagsPerPage: 100 } },
    { input: { ResourceARNList: ['arn:aws:s3:::x'], PaginationToken: 'x' } },
    { input: { ResourceARNList: ['nonsense'] } },
    { input: { ResourcesPerPage: 0 } },
    { input: { ResourcesPerPage: 101 } },
    { input: { TagsPerPage: 99 } },
    { input: { TagsPerPage: 501 } },
    { input: { TagFilters: [{ Values: ['a'] }] } },
    { input: { ExcludeCompliantResources: true } },
    { input: { ResourceTypeFilters: ['not a type'] } },
    { input: { ResourceTypeFilters: Array.from({ length: 101 }, () => 's3') } },
    { input: { PaginationToken: 'nonsense' } },
  ])('refuses $input', ({ input }) => {
    expect(refusalCode(() => call(withGroups().region, 'GetResources', input))).toBe('InvalidParameterException');
  });

  it('refuses a token after fifteen minutes by its own name', () => {
    const { region } = withGroups();
    const { PaginationToken: token = '' } = call(region, 'GetResources', {
      ResourcesPerPage: 1,
    }) as TaggingOperations['GetResources']['output'];
    region.advance(15 * 60_000);
    expect(refusalCode(() => call(region, 'GetResources', { ResourcesPerPage: 1, PaginationToken: token }))).toBe(
      'PaginationTokenExpiredException',
    );
  });

  it('says of compliance that everything complies, where it is asked', () => {
    const { region, arns } = withGroups();
    expect(call(region, 'GetResources', { ResourceARNList: [arns[2] ?? ''], IncludeComplianceDetails: true })).toMatchObject({
      ResourceTagMappingList: [{ ComplianceDetails: { ComplianceStatus: true } }],
    });
  });
});

describe('TagResources and UntagResources', () => {
  it('change what they can and tell what they can not', () => {
    const { region, arns } = withGroups();
    const strange = 'arn:aws:s3:::bucket';
    const gone = 'arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/tg-00000000000000000';
    expect(call(region, 'TagResources', { ResourceARNList: [arns[0] ?? '', strange, gone], Tags: { team: 'green' } })).toMatchObject({
      FailedResourcesMap: { [strange]: { StatusCode: 400, ErrorCode: 'InvalidParameterException' }, [gone]: { StatusCode: 404 } },
    });
    expect(region.call('ListTagsForResource', { resourceArn: arns[0] ?? '' }).tags).toEqual({ name: 'one', team: 'green' });
    expect(call(region, 'UntagResources', { ResourceARNList: [arns[0] ?? ''], TagKeys: ['team'] })).toEqual({ FailedResourcesMap: {} });
    expect(region.call('ListTagsForResource', { resourceArn: arns[0] ?? '' }).tags).toEqual({ name: 'one' });
  });

  it('need the permission of Lattice too', () => {
    const { region, arns } = withGroups();
    region.state.roles.put(testAccount, 'tagger', { allowedActions: ['tag:*'] });
    const failed = { FailedResourcesMap: { [arns[0] ?? '']: { StatusCode: 403 } } };
    expect(call(region, 'TagResources', { ResourceARNList: [arns[0] ?? ''], Tags: { a: 'b' } }, 'tagger')).toMatchObject(failed);
  });
});

describe('GetTagKeys and GetTagValues', () => {
  it('list every key and every value of a key once', () => {
    const { region } = withGroups();
    expect(call(region, 'GetTagKeys', {})).toEqual({ PaginationToken: '', TagKeys: ['name', 'stage', 'team'] });
    expect(call(region, 'GetTagValues', { Key: 'team' })).toEqual({ PaginationToken: '', TagValues: ['blue', 'red'] });
  });

  it('come in pages', () => {
    const { region } = withGroups({ defaultPageSize: 2 });
    const first = call(region, 'GetTagKeys', {}) as TaggingOperations['GetTagKeys']['output'];
    expect(call(region, 'GetTagKeys', { PaginationToken: first.PaginationToken })).toEqual({ PaginationToken: '', TagKeys: ['team'] });
  });
});
