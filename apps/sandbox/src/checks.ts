import { HubClient, type TargetGroupRow } from './hub-client.js';
import { accounts, type Sandbox } from './sandbox.js';
import { matches, type Expectation, type Story } from './story.js';

/** Something that the story claims, and whether it is so. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Everything that the story claims, looked up anew: in the hub's API, in AWS itself, in the clusters. */
export async function checkStory(sandbox: Sandbox, story: Story): Promise<readonly Check[]> {
  const expected = story.expectations(true);
  const rows = await story.client.targetGroups();
  return [
    ...expected.map((expectation) => checkGroup(expectation, rows)),
    check('the API shows these target groups and no other', rows.length === expected.length, `${rows.length} of ${expected.length}`),
    checkAws(sandbox, rows),
    checkAccounts(sandbox),
    await checkClusters(story),
    await checkPolicy(story),
    await checkCli(story, rows),
    await checkDoor(sandbox, story),
  ];
}

function checkGroup(expectation: Expectation, rows: readonly TargetGroupRow[]): Check {
  const { place } = expectation;
  const port = expectation.exportPort ?? 'legacy';
  const name = `${place.name} ${expectation.namespace}/${expectation.export} ${port}: ${expectation.protocol}/${expectation.protocolVersion} with its targets and health check`;
  const row = rows.find((candidate) => matches(candidate, expectation));
  return check(name, row?.state === 'Ready', row ? `${row.name} ${row.state}` : 'not there');
}

/** The hub's word against AWS's own. */
function checkAws(sandbox: Sandbox, rows: readonly TargetGroupRow[]): Check {
  const wrong: string[] = [];
  let count = 0;
  for (const account of accounts) {
    for (const region of new Set(rows.map((row) => row.region))) {
      for (const group of sandbox.aws.state(account, region).targetGroups) {
        count++;
        const row = rows.find((candidate) => candidate.arn === group.arn);
        const targets = group.targets
          .map((t) => `${t.id}:${t.port}`)
          .toSorted()
          .join();
        const isSame =
          row?.account === account &&
          row.region === region &&
          row.name === group.name &&
          row.targets
            .map((t) => `${t.ip}:${t.port}`)
            .toSorted()
            .join() === targets;
        if (!isSame) wrong.push(group.name);
      }
    }
  }
  const detail = wrong.length === 0 ? `${count} target groups in AWS` : `differ: ${wrong.join(', ')}`;
  return check('AWS has exactly what the API shows', wrong.length === 0 && count === rows.length, detail);
}

function checkAccounts(sandbox: Sandbox): Check {
  const writes = sandbox.aws.calls.log.filter((call) => call.service === 'vpc-lattice' && !/^(Get|List)/.test(call.operation));
  const foreign = writes.filter((call) => !call.callerArn.startsWith(`arn:aws:sts::${call.account}:assumed-role/lattice-hub/`));
  return check(
    'every write was made by the role of its own account',
    writes.length > 0 && foreign.length === 0,
    `${writes.length} writes, ${foreign.length} by another`,
  );
}

async function checkClusters(story: Story): Promise<Check> {
  const items = await story.client.list<{ name: string; status: { state?: string; conditions?: { type: string; status: string }[] } }>(
    '/api/v1/clusters',
  );
  const good = items.filter(
    (cluster) =>
      cluster.status.state === 'Synced' && cluster.status.conditions?.some((c) => c.type === 'AwsAuthorized' && c.status === 'True'),
  );
  return check('every member is Synced and its role assumed', good.length === items.length, `${good.length} of ${items.length}`);
}

async function checkPolicy(story: Story): Promise<Check> {
  const items = await story.client.list<{
    name: string;
    ready: number;
    total: number;
    conditions: { type: string; status: string; reason: string }[];
  }>('/api/v1/policies');
  const policy = items.find((each) => each.name === 'inventory-health-policy');
  const isAccepted = policy?.conditions.some((c) => c.type === 'Accepted' && c.status === 'True') === true;
  return check(
    'inventory-health-policy is accepted and followed everywhere',
    isAccepted && policy.ready === policy.total,
    `${policy?.ready} of ${policy?.total}`,
  );
}

async function checkCli(story: Story, rows: readonly TargetGroupRow[]): Promise<Check> {
  const { items } = JSON.parse(await story.cli(['get', 'target-groups', '-o', 'json'])) as { items: TargetGroupRow[] };
  const names = (of: readonly TargetGroupRow[]) =>
    of
      .map((row) => row.name)
      .toSorted()
      .join();
  return check('lattice-hub get target-groups shows the same', names(items) === names(rows), `${items.length} of ${rows.length}`);
}

async function checkDoor(sandbox: Sandbox, story: Story): Promise<Check> {
  const url = sandbox.hub?.url ?? '';
  const refused = await new HubClient(url, 'no-such-token').get('/api/v1/clusters').then(
    () => false,
    (error: Error) => error.message.includes('401'),
  );
  const document = await story.client.get<{ openapi?: string; paths?: object }>('/openapi.json');
  const isDescribed = document.openapi !== undefined && '/api/v1/target-groups' in (document.paths ?? {});
  return check('an unknown token is refused, and the OpenAPI document is served', refused && isDescribed, `OpenAPI ${document.openapi}`);
}

function check(name: string, ok: boolean, detail: string): Check {
  return { name, ok, detail };
}
