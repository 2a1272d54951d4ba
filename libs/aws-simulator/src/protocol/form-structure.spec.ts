import { describe, expect, it } from '@jest/globals';
import { stsModel } from '../models/sts.generated.js';
import { formStructure } from './form-structure.js';

describe('a flat form', () => {
  it.each([
    { form: 'RoleArn=a&DurationSeconds=900', value: { RoleArn: 'a', DurationSeconds: 900 } },
    { form: 'DurationSeconds=soon', value: { DurationSeconds: 'soon' } },
    { form: 'Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=l', value: { Tags: [{ Key: 'k', Value: 'v' }, { Key: 'l' }] } },
    { form: 'TransitiveTagKeys.member.10=b&TransitiveTagKeys.member.2=a', value: { TransitiveTagKeys: ['a', 'b'] } },
    { form: 'PolicyArns.member.1.arn=x', value: { PolicyArns: [{ arn: 'x' }] } },
    { form: 'Tags=', value: { Tags: [] } },
    { form: 'Unknown=1&Tags.member.x.Key=1', value: {} },
    { form: 'RoleArn=a&RoleArn.member.1=b&Tags.member.1.Key.a.b=c', value: { RoleArn: 'a', Tags: [{}] } },
  ])('$form stands for $value', ({ form, value }) => {
    expect(formStructure(stsModel, 'AssumeRoleRequest', new Map(new URLSearchParams(form)))).toEqual(value);
  });

  it('is read in one go however many members it has', () => {
    let reads = 0;
    class Counted extends Map<string, string> {
      override get(name: string): string | undefined {
        reads += 1;
        return super.get(name);
      }
      override *keys(): MapIterator<string> {
        for (const name of super.keys()) {
          reads += 1;
          yield name;
        }
      }
      override *[Symbol.iterator](): MapIterator<[string, string]> {
        for (const entry of super.entries()) {
          reads += 1;
          yield entry;
        }
      }
    }
    const form = new Counted(Array.from({ length: 5_000 }, (_, index) => [`Tags.member.${index + 1}.Key`, 'k']));
    const { Tags: tags } = formStructure(stsModel, 'AssumeRoleRequest', form);
    expect(tags).toHaveLength(5_000);
    expect(reads).toBe(5_000);
  });
});
