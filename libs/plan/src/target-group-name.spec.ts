import { describe, expect, it } from '@jest/globals';
import type { TargetGroupIdentity } from './target-group-name.js';
import { targetGroupName } from './target-group-name.js';
import { hubId, place } from './testing/facts.spec-builders.js';

const web: TargetGroupIdentity = {
  hubId,
  place,
  namespace: 'shop',
  name: 'web',
  slot: '80',
  shape: { port: 80, protocol: 'HTTP', protocolVersion: 'HTTP1', ipFamily: 'IPV4', vpcId: place.vpcId },
};

/** What AWS takes for the name of a target group (VPC Lattice API model, TargetGroupName). */
const takenByAws = /^(?!tg-)(?!-)(?!.*-$)(?!.*--)[a-z0-9-]{3,128}$/;
const namePattern = /^k8s-(.+)-[a-z]{10}$/;

describe('the name of a target group', () => {
  it('is a name of ten hash letters after namespace and export, and the same each time', () => {
    expect(targetGroupName(web)).toMatch(/^k8s-shop-web-[a-z]{10}$/);
    expect(targetGroupName({ ...web, shape: { ...web.shape } })).toBe(targetGroupName(web));
  });

  it('never changes from one version of the hub to the next, because that would replace every group', () => {
    expect(targetGroupName(web)).toBe('k8s-shop-web-cmxnbizopz');
  });

  it.each([
    {
      because: 'of 63 characters is cut to 55',
      namespace: 'n'.repeat(63),
      name: 'w'.repeat(63),
      middle: `${'n'.repeat(55)}-${'w'.repeat(55)}`,
    },
    {
      because: 'that ends in a hyphen after the cut loses it',
      namespace: `${'n'.repeat(54)}-tail`,
      name: `${'w'.repeat(54)}-tail`,
      middle: `${'n'.repeat(54)}-${'w'.repeat(54)}`,
    },
    { because: 'with two hyphens in a row keeps one', namespace: 'a--b', name: 'c---d', middle: 'a-b-c-d' },
    { because: 'with dots has hyphens for them', namespace: 'shop', name: 'web.v1.example', middle: 'shop-web-v1-example' },
    { because: 'in upper case is in lower case', namespace: 'SHOP', name: 'Web', middle: 'shop-web' },
    { because: 'with anything else has one hyphen for it', namespace: 'sh_op', name: 'w é ß b', middle: 'sh-op-w-b' },
    {
      because: 'that begins and ends with something else begins and ends with a letter',
      namespace: '.shop.',
      name: '-web-',
      middle: 'shop-web',
    },
  ])('made of a part $because', ({ namespace, name, middle }) => {
    const made = targetGroupName({ ...web, namespace, name });
    expect(namePattern.exec(made)?.[1]).toBe(middle);
    expect(made).toMatch(takenByAws);
  });

  it.each<[string, TargetGroupIdentity]>([
    ['hub', { ...web, hubId: 'hub-2' }],
    ['account', { ...web, place: { ...place, accountId: '222222222222' } }],
    ['region', { ...web, place: { ...place, region: 'eu-west-1' } }],
    ['VPC', { ...web, place: { ...place, vpcId: 'vpc-00000000000000000' } }],
    ['cluster name', { ...web, place: { ...place, clusterName: 'b' } }],
    ['namespace that looks the same once cut', { ...web, namespace: 'shop.' }],
    ['export that looks the same once cut', { ...web, name: 'web.' }],
    ['slot', { ...web, slot: 'legacy' }],
    ['protocol', { ...web, shape: { ...web.shape, protocol: 'HTTPS' } }],
    ['protocol version', { ...web, shape: { ...web.shape, protocolVersion: 'HTTP2' } }],
    ['port', { ...web, shape: { ...web.shape, port: 81 } }],
    ['IP family', { ...web, shape: { ...web.shape, ipFamily: 'IPV6' } }],
  ])('is another for another %s', (_, other) => {
    expect(targetGroupName(other)).not.toBe(targetGroupName(web));
  });

  it('does not confuse two neighbours whose texts put together are the same', () => {
    const left = targetGroupName({ ...web, namespace: 'a-b', name: 'c' });
    const right = targetGroupName({ ...web, namespace: 'a', name: 'b-c' });
    expect(left.slice(0, -10)).toBe(right.slice(0, -10));
    expect(left).not.toBe(right);
  });
});
