import type { AccessKey } from '../identity/accounts.js';

/** What a client needs to know of a running simulator. */
export interface Endpoint {
  readonly url: string;
  readonly accounts: readonly string[];
  readonly externalId: string;
  readonly controlUrl: string | undefined;
  credentials(account: string): AccessKey;
  roleArn(account: string): string;
}

/** Shell lines that make any AWS client of the first account use the simulator, and name the role of every account. */
export function exportLines(endpoint: Endpoint, region: string): string {
  const [first = ''] = endpoint.accounts;
  const { accessKeyId, secretAccessKey } = endpoint.credentials(first);
  const services = ['VPC_LATTICE', 'STS', 'RESOURCE_GROUPS_TAGGING_API'];
  const values: readonly (readonly [string, string])[] = [
    ['AWS_ENDPOINT_URL', endpoint.url],
    ...services.map((service) => [`AWS_ENDPOINT_URL_${service}`, endpoint.url] as const),
    ['AWS_ACCESS_KEY_ID', accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', secretAccessKey],
    // Empty rather than left out: a token that the shell still has would spoil every signature.
    ['AWS_SESSION_TOKEN', ''],
    ['AWS_REGION', region],
    ['AWS_DEFAULT_REGION', region],
    ['AWS_EC2_METADATA_DISABLED', 'true'],
    ['ROLE_ARN', endpoint.roleArn(first)],
    ['EXTERNAL_ID', endpoint.externalId],
    ...(endpoint.controlUrl === undefined ? [] : [['CONTROL', endpoint.controlUrl] as const]),
    ...endpoint.accounts.map((account) => [`ROLE_ARN_${account}`, endpoint.roleArn(account)] as const),
  ];
  return values.map(([name, value]) => `export ${name}='${value}'\n`).join('');
}
