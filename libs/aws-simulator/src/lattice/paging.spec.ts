import { describe, expect, it } from '@jest/globals';
import { SimulatedRegion } from '../testing/simulated-region.js';

function withGroups(count: number, patch: ConstructorParameters<typeof SimulatedRegion>[0] = {}): SimulatedRegion {
  const region = new SimulatedRegion(patch);
  for (let index = 0; index < count; index += 1) {
    region.call('CreateTargetGroup', { name: `group-${String(99 - index)}`, type: 'LAMBDA' });
    region.advance(10);
  }
  return region;
}

function allNames(region: SimulatedRegion, maxResults: number): readonly string[] {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = region.call('ListTargetGroups', { maxResults, nextToken });
    names.push(...(page.items ?? []).map((item) => item.name ?? ''));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}

describe('a list in pages', () => {
  it.each([1, 3, 7, 100])('holds every group once with %d on a page', (maxResults) => {
    const names = allNames(withGroups(7), maxResults);
    expect(names.toSorted()).toEqual(['group-93', 'group-94', 'group-95', 'group-96', 'group-97', 'group-98', 'group-99']);
  });

  it.each([
    { listOrder: 'created', first: 'group-99' },
    { listOrder: 'name', first: 'group-95' },
  ] as const)('is in the order of the settings: $listOrder', ({ listOrder, first }) => {
    expect(allNames(withGroups(5, { listOrder }), 2)[0]).toBe(first);
  });

  it('is in the order of ids where nothing is set, which tells nothing of age', () => {
    const items = withGroups(9).call('ListTargetGroups', {}).items ?? [];
    const ids = items.map((item) => item.id ?? '');
    expect(ids).toEqual(ids.toSorted());
  });

  it('goes on after its last item though that is gone by then', () => {
    const region = withGroups(5);
    const { nextToken, items } = region.call('ListTargetGroups', { maxResults: 2 });
    region.advance(300);
    region.call('DeleteTargetGroup', { targetGroupIdentifier: items?.[1]?.id ?? '' });
    region.advance(300);
    expect(region.call('ListTargetGroups', { maxResults: 100, nextToken }).items).toHaveLength(3);
  });

  it.each([
    { words: 'is nonsense', token: () => 'nonsense', afterMs: 0 },
    { words: 'has expired', token: (token: string) => token, afterMs: 15 * 60_000 },
    { words: 'was changed', token: (token: string) => `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`, afterMs: 0 },
  ])('refuses a token that $words', ({ token, afterMs }) => {
    const region = withGroups(3);
    const { nextToken = '' } = region.call('ListTargetGroups', { maxResults: 1 });
    region.advance(afterMs);
    expect(region.refusal('ListTargetGroups', { nextToken: token(nextToken) })).toMatchObject({
      code: 'ValidationException',
      members: { fieldList: [{ name: 'nextToken' }] },
    });
  });

  it('refuses a token of the same list with another filter', () => {
    const region = withGroups(3);
    const { nextToken } = region.call('ListTargetGroups', { maxResults: 1, targetGroupType: 'LAMBDA' });
    expect(region.refusal('ListTargetGroups', { nextToken }).code).toBe('ValidationException');
    expect(region.call('ListTargetGroups', { nextToken, targetGroupType: 'LAMBDA' }).items).toHaveLength(2);
  });

  it('can be narrowed by VPC and by type', () => {
    const region = withGroups(1);
    region.activeGroup('in-vpc');
    const names = (input: object) => (region.call('ListTargetGroups', input).items ?? []).map((item) => item.name);
    expect(names({ vpcIdentifier: 'vpc-12345678' })).toEqual(['in-vpc']);
    expect(names({ targetGroupType: 'LAMBDA' })).toEqual(['group-99']);
    expect(names({ vpcIdentifier: 'vpc-00000000' })).toEqual([]);
  });

  it.each([{ listOrder: 'id' }, { listOrder: 'created' }, { listOrder: 'name' }] as const)(
    'shows what came and went since it was asked for before, in the order $listOrder',
    ({ listOrder }) => {
      const region = withGroups(3, { listOrder });
      const inVpc = { vpcIdentifier: 'vpc-12345678' };
      const names = (input: object) => (region.call('ListTargetGroups', input).items ?? []).map((item) => item.name);
      expect([names({}), names(inVpc)]).toMatchObject([{ length: 3 }, []]);
      const id = region.activeGroup('in-vpc');
      expect([names({}), names(inVpc)]).toMatchObject([{ length: 4 }, ['in-vpc']]);
      region.call('DeleteTargetGroup', { targetGroupIdentifier: id });
      expect(names(inVpc)).toEqual(['in-vpc']);
      region.advance(300);
      expect([names({}), names(inVpc)]).toMatchObject([{ length: 3 }, []]);
    },
  );

  it('shows a group whose deletion has failed, until a second one does not', () => {
    const region = withGroups(1);
    region.advance(300);
    const { id: targetGroupIdentifier = '' } = region.call('ListTargetGroups', {}).items?.[0] ?? {};
    region.call('DeleteTargetGroup', { targetGroupIdentifier }, { deleteFailed: { failureCode: 'A', failureMessage: 'B' } });
    region.advance(300);
    expect(region.call('ListTargetGroups', {}).items).toMatchObject([{ status: 'DELETE_FAILED' }]);
    region.call('DeleteTargetGroup', { targetGroupIdentifier });
    region.advance(300);
    expect(region.call('ListTargetGroups', {}).items).toEqual([]);
  });

  it('can be asked for in more ways than are kept up to date', () => {
    const region = withGroups(1);
    region.activeGroup('in-vpc');
    const vpcs = Array.from({ length: 20 }, (_, index) => `vpc-1234567${index.toString(36)}`);
    const found = () => vpcs.map((vpcIdentifier) => region.call('ListTargetGroups', { vpcIdentifier }).items?.length);
    const expected = vpcs.map((vpc) => (vpc === 'vpc-12345678' ? 1 : 0));
    expect([found(), found()]).toEqual([expected, expected]);
  });
});
