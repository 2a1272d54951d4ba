import { expect, it } from '@jest/globals';
import { exportLines } from './export-lines.js';

const endpoint = {
  url: 'http://127.0.0.1:4566',
  accounts: ['111111111111', '222222222222'],
  externalId: 'sandbox',
  controlUrl: 'http://127.0.0.1:4567',
  credentials: (account: string) => ({ accessKeyId: `AKIA${account}`, secretAccessKey: 'a/b+c' }),
  roleArn: (account: string) => `arn:aws:iam::${account}:role/lattice-hub`,
};

it('exports what an AWS client of the first account needs, and the role of every account', () => {
  const lines = exportLines(endpoint, 'eu-west-1').trimEnd().split('\n');
  const values = Object.fromEntries(lines.map((line) => /^export (\w+)='(.*)'$/.exec(line)?.slice(1) ?? [line, '']));
  expect(values).toEqual({
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_ENDPOINT_URL_VPC_LATTICE: endpoint.url,
    AWS_ENDPOINT_URL_STS: endpoint.url,
    AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: endpoint.url,
    AWS_ACCESS_KEY_ID: 'AKIA111111111111',
    AWS_SECRET_ACCESS_KEY: 'a/b+c',
    AWS_SESSION_TOKEN: '',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    ROLE_ARN: 'arn:aws:iam::111111111111:role/lattice-hub',
    EXTERNAL_ID: 'sandbox',
    CONTROL: 'http://127.0.0.1:4567',
    ROLE_ARN_111111111111: 'arn:aws:iam::111111111111:role/lattice-hub',
    ROLE_ARN_222222222222: 'arn:aws:iam::222222222222:role/lattice-hub',
  });
});

it('says nothing of a control endpoint that is not there', () => {
  expect(exportLines({ ...endpoint, controlUrl: undefined }, 'eu-west-1')).not.toContain('CONTROL');
});
