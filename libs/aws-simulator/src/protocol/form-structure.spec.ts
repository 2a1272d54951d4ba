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
  ])('$form stands for $value', ({ form, value }) => {
    expect(formStructure(stsModel, 'AssumeRoleRequest', new Map(new URLSearchParams(form)))).toEqual(value);
  });
});
