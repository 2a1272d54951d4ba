import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../apps/cli/src/run.js';
import { MemoryIo } from '../../apps/cli/src/testing/memory-io.js';
import type { Hub } from '../../apps/hub/src/hub.js';
import { policyManifest, shown, TestFleet, until } from '../fixtures/test-fleet.js';
import type { Outcome } from './run-cli.js';

const count = 6;
const members = Array.from({ length: count }, (_, i) => i + 1);
const names = members.map((member) => `member-${member}`);

type Replica = Awaited<ReturnType<TestFleet['startReplica']>>;

/** Ages are told of one moment, so that they are alike whoever is asked first. */
const nowMs = Date.now() + 3_600_000;

describe('the command at two replicas, each of which holds some of the members', () => {
  let fleet: TestFleet;
  let replicas: readonly [Replica, Replica];
  /** For each replica a member that it holds, paused, with something held back; and one that it holds and that can't be read. */
  let paused: readonly number[];
  let dark: readonly number[];

  const held = (hub: Hub) => [...hub.fleet.heldMembers()].map(({ name }) => Number(name.slice('member-'.length)));

  beforeAll(async () => {
    fleet = await TestFleet.start({ members: count });
    const hub = await fleet.startHub();
    if (!fleet.door) throw new Error('the hub has no door');
    const first = { hub, door: fleet.door };
    await fleet.registerAll();
    for (const member of members) await fleet.export(member, 'shop', [`10.${member}.0.1`]);
    replicas = [first, await replicaBeside(hub)];
    const holdings = replicas.map((replica) => held(replica.hub));
    paused = holdings.map(([member = 0]) => member);
    dark = holdings.map(([, member = 0]) => member);
    await trouble();
  }, 150_000);

  afterAll(async () => {
    await replicas[1].hub.stop();
    await replicas[1].door.close();
    await fleet.stop();
  });

  /** A second replica that holds at least two, beside a first that does. Names are random, and so is what each takes: it is tried until it does. */
  async function replicaBeside(hub: Hub): Promise<Replica> {
    for (;;) {
      const replica = await fleet.startReplica();
      const isSpread = () => held(hub).length + held(replica.hub).length === count;
      await until(
        'all are held',
        () => (isSpread() && held(replica.hub).length > 0 ? undefined : shown([held(hub), held(replica.hub)])),
        45_000,
      ).catch(() => undefined);
      if (isSpread() && held(hub).length >= 2 && held(replica.hub).length >= 2) return replica;
      await replica.hub.stop();
      await replica.door.close();
      await until('the first holds all', () => (held(hub).length === count ? undefined : shown(held(hub))), 45_000);
    }
  }

  /** Policies of two tiers, a loser among them, an export that is invalid; and for each replica steps that are held back, and a member in the dark. */
  async function trouble(): Promise<void> {
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    for (const member of dark) await fleet.member(member).objects.apply(policyManifest('local', 'shop', '/local'));
    for (const member of paused) {
      await fleet.call('PATCH', `/api/v1/clusters/member-${member}`, { paused: true });
      await fleet.setPods(member, 'shop', [`10.${member}.0.2`]);
      await fleet.member(member).objects.apply(unserved());
    }
    await until('the policy is lost to another', async () => {
      const { out } = await ask(replicas[0], ['get', 'policies', 'local', '-o', 'json']);
      return [...out.matchAll(/"Conflicted"/g)].length === dark.length ? undefined : out;
    });
    for (const member of dark) fleet.member(member).freeze();
    for (const member of dark) await fleet.stateIs(member, 'Unreachable');
    for (const member of paused) {
      await until('a step is held back', async () => {
        const { withheld } = (await fleet.cluster(member)).status;
        return withheld === undefined ? 'nothing is' : undefined;
      });
    }
  }

  /** An export without a Service. */
  function unserved() {
    return {
      apiVersion: 'application-networking.k8s.aws/v1alpha1',
      kind: 'ServiceExport',
      metadata: { namespace: 'default', name: 'unserved' },
      spec: { exportedPorts: [{ port: 80, routeType: 'HTTP' }] },
    };
  }

  function ioFor({ door }: Replica): MemoryIo {
    return new MemoryIo({ nowMs, env: { LATTICE_HUB_URL: door.url, LATTICE_HUB_TOKEN: fleet.token } });
  }

  async function ask(replica: Replica, argv: readonly string[]): Promise<Outcome> {
    const io = ioFor(replica);
    const code = await run(argv, io);
    return { code, out: io.out, err: io.err };
  }

  /** What an answer says; of an object it is no matter which field comes first. */
  function said(answer: Outcome | undefined, argv: readonly string[]): unknown {
    if (!answer || answer.out === '') return answer;
    return argv.at(-1) === 'json' ? { ...answer, out: JSON.parse(answer.out) as unknown } : answer;
  }

  const reads: readonly (readonly string[])[] = [
    ['cluster', 'list'],
    ...['clusters', 'exports', 'policies', 'target-groups', 'events'].flatMap((resource) =>
      ['wide', 'json', 'name'].map((format) => ['get', resource, '-o', format]),
    ),
    ['get', 'exports', 'unserved', '-n', 'default', '-o', 'json'],
    ['get', 'policies', '--cluster', 'hub', '-o', 'json'],
    ...names.flatMap((name) => [
      ['cluster', 'describe', name],
      ['plan', name, '-o', 'wide'],
      ['plan', name, '-o', 'json'],
      ['get', 'target-groups', '--cluster', name, '-o', 'wide'],
      // Without a yes it only tells what it would mean.
      ['cluster', 'detach', name],
    ]),
  ];

  it.each(reads.map((argv) => [argv.join(' '), argv] as const))('answers alike: %s', async (_, argv) => {
    await until('both say the same', async () => {
      const [one, other] = await Promise.all(replicas.map((replica) => ask(replica, argv)));
      expect(one?.code).toBe(argv[1] === 'detach' ? 1 : 0);
      return isDeepStrictEqual(said(one, argv), said(other, argv)) ? undefined : `${shown(one)}\n${shown(other)}`;
    });
  });

  it('shows the whole fleet at each: what is held back, what is wrong, and who is in the dark', async () => {
    for (const replica of replicas) {
      expect((await ask(replica, ['get', 'clusters', '-o', 'name'])).out).toBe(names.map((name) => `membercluster/${name}\n`).join(''));
      for (const member of members) {
        const { out } = await ask(replica, ['get', 'target-groups', 'shop', '--cluster', `member-${member}`, '-o', 'wide']);
        expect(out).toContain('hub/default/central');
      }
      for (const member of dark) {
        const { out } = await ask(replica, ['cluster', 'describe', `member-${member}`]);
        expect(out).toMatch(/^ {2}Reachable +False /m);
      }
      for (const member of paused) {
        expect((await ask(replica, ['plan', `member-${member}`])).out).toMatch(/ register .* Paused /);
        const { out } = await ask(replica, ['get', 'exports', 'unserved', '--cluster', `member-${member}`, '-o', 'json']);
        expect(out).toContain('"NoService"');
      }
    }
  });

  it('streams from each what changes in a member, whoever holds it', async () => {
    const watching = replicas.map((replica) => {
      const io = ioFor(replica);
      return { io, ended: run(['get', 'target-groups', 'shop', '-w', '-o', 'wide'], io) };
    });
    const free = members.filter((member) => !paused.includes(member) && !dark.includes(member));
    const told = [...paused, ...free];
    try {
      for (const { io } of watching) await until('it has begun', () => (io.out.includes('member-1') ? undefined : io.out + io.err));
      for (const member of paused) await fleet.call('PATCH', `/api/v1/clusters/member-${member}`, { paused: false });
      for (const member of told) await fleet.setPods(member, 'shop', [`10.${member}.0.77`]);
      for (const { io } of watching) {
        await until('it is told of all', () => {
          const missing = told.filter((member) => !io.out.includes(`10.${member}.0.77:8080`));
          return missing.length === 0 ? undefined : `${shown(missing)} in ${io.out}`;
        });
      }
    } finally {
      for (const { io } of watching) io.interrupt.abort();
      await Promise.all(watching.map(({ ended }) => ended));
    }
  });
});
