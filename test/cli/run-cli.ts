import { expect } from '@jest/globals';
import { stringify } from 'yaml';
import { run } from '../../apps/cli/src/run.js';
import { MemoryIo, type MemorySettings } from '../../apps/cli/src/testing/memory-io.js';
import { tokens, type HubStandIn } from './hub-stand-in.js';

/** A certificate, as far as anybody looks at it here. */
export const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

/** The token by which the hub is to read a member. */
export const memberToken = 'token-of-the-member';

/** A kubeconfig with a context that the hub takes, one that runs a command, and one whose name no member can have. */
export const kubeconfig = stringify({
  'current-context': 'west',
  contexts: ['west', 'exec', 'West_1'].map((name) => ({ name, context: { cluster: 'west', user: name === 'exec' ? 'exec' : 'west' } })),
  clusters: [{ name: 'west', cluster: { server: 'https://west.example.com', 'certificate-authority': 'ca.pem' } }],
  users: [
    { name: 'west', user: { token: memberToken } },
    { name: 'exec', user: { exec: { command: 'aws' } } },
  ],
});

/** Options of `cluster add`. */
export const place = ['--aws-account', '111122223333', '--region', 'us-west-2', '--vpc', 'vpc-0a1b2c3d4e5f60718'];
export const role = ['--role-arn', 'arn:aws:iam::111122223333:role/lattice-hub', '--external-id', 'my-fleet'];
export const add = ['cluster', 'add', 'west', ...place, ...role];

/** How a command ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The surroundings of an operator who may do anything. */
export function ioOf(hub: HubStandIn, settings: MemorySettings = {}): MemoryIo {
  return new MemoryIo({
    nowMs: Date.parse('2026-01-01T00:10:00Z'),
    env: { LATTICE_HUB_URL: hub.url, LATTICE_HUB_TOKEN: tokens.operator },
    files: { '/home/nobody/.kube/config': kubeconfig, '/home/nobody/.kube/ca.pem': pem },
    ...settings,
  });
}

/** Runs a command line; whatever happens, no secret may be shown. */
export async function runCli(hub: HubStandIn, argv: readonly string[], settings: MemorySettings = {}): Promise<Outcome> {
  const io = ioOf(hub, settings);
  const code = await run(argv, io);
  expect(io.out + io.err).not.toMatch(new RegExp(`${tokens.operator}|${memberToken}|BEGIN CERTIFICATE`));
  return { code, out: io.out, err: io.err };
}

/** The fields of each line of a table. */
export function tableOf(text: string): readonly (readonly string[])[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {3,}/));
}
