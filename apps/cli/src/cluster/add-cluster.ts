import { usageError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import { Named } from '../hub/answers.js';
import type { ApiClient } from '../hub/api-client.js';
import type { OptionOfField } from '../hub/hub-refusal.js';
import { openApi } from '../hub/open-api.js';
import type { AddOptions } from './cluster-options.js';
import { awaitMember } from './await-member.js';
import { memberKubeconfig } from './member-kubeconfig.js';

/** How the fields of a registration are called on the command line. */
const optionOf: OptionOfField = {
  name: '--name',
  kubeconfig: 'CONTEXT',
  'aws.accountId': '--aws-account',
  'aws.region': '--region',
  'aws.vpcId': '--vpc',
  'aws.roleArn': '--role-arn',
  'aws.externalId': '--external-id',
  clusterName: '--cluster-name',
  policyScope: '--policy-scope',
  onDetach: '--on-detach',
  paused: '--paused',
};

/** `cluster add`. @throws CliError; also where a condition says that the cluster cannot join, or says nothing in time */
export async function addCluster(context: string, options: AddOptions, io: CliIo): Promise<void> {
  const name = options.name ?? context;
  checkName(name, options.name === undefined);
  const kubeconfig = await memberKubeconfig(context, options.kubeconfig, io);
  const api = await openApi(options, io);
  await register(api, registrationOf(name, kubeconfig, options));
  io.stdout.write(`membercluster/${name} registered\n`);
  if (options.wait !== false) await awaitMember(name, options.wait * 1000, api, io);
}

function checkName(name: string, isOfContext: boolean): void {
  if (name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return;
  const rule = 'a member is named by at most 63 lower-case letters, digits and hyphens';
  throw usageError(isOfContext ? `the context ${JSON.stringify(name)} gives no name: ${rule}; pass --name` : `--name: ${rule}`);
}

function registrationOf(name: string, kubeconfig: string, options: AddOptions): object {
  const { awsAccount, region, vpc, roleArn, externalId, clusterName, policyScope, onDetach, paused } = options;
  const aws = { accountId: awsAccount, region, vpcId: vpc, roleArn, ...(externalId !== undefined && { externalId }) };
  const given = Object.entries({ clusterName, policyScope, onDetach, paused }).filter(([, value]) => value !== undefined);
  return { name, kubeconfig, aws, ...Object.fromEntries(given) };
}

async function register(api: ApiClient, body: object): Promise<void> {
  await api.call({ method: 'POST', path: 'clusters', body, optionOf }, Named);
}
