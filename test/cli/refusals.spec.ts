import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../apps/cli/src/run.js';
import type { MemorySettings } from '../../apps/cli/src/testing/memory-io.js';
import { clusterNamed } from './fleet-objects.js';
import { HubStandIn, tokens } from './hub-stand-in.js';
import { ioOf, place, role, runCli } from './run-cli.js';
import { selfSigned } from './self-signed.js';

let hub: HubStandIn;
const cli = (argv: readonly string[], settings?: MemorySettings) => runCli(hub, argv, settings);

beforeEach(async () => {
  hub = await HubStandIn.start();
});

afterEach(async () => {
  await hub.stop();
});

describe('a hub that does not answer as it should', () => {
  it('is not there', async () => {
    const gone = await HubStandIn.start();
    const { url } = gone;
    await gone.stop();
    expect(await cli(['get', 'clusters', '--server', url])).toEqual({
      code: 1,
      out: '',
      err: `lattice-hub: no hub listens at ${url}: is it running, and is --server or LATTICE_HUB_URL right?\n`,
    });
  });

  it.each<[string, HubStandIn['interference'], string]>([
    ['is silent', () => undefined, 'within 0.2 s (--request-timeout)'],
    ['falls silent', (_, response) => void response.writeHead(200).write('{'), 'within 0.2 s (--request-timeout)'],
    ['hangs up', (request) => void request.socket.destroy(), 'broke off the connection'],
    [
      'hangs up within the answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('{', () => request.socket.destroy());
      },
      'broke off the connection',
    ],
    ['points elsewhere', (_, response) => void response.writeHead(302, { location: 'http://evil.example' }).end(), 'which is not followed'],
    ['is a web page', (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), 'not as a hub does'],
    [
      'is another API',
      (_, response) => void response.writeHead(404, { 'content-type': 'text/plain' }).end('404'),
      'answers with 404 of type text/plain',
    ],
    ['is of another version', (_, response) => void response.writeHead(200).end('{"data": []}'), 'are both of one version?'],
  ])('%s', async (_, interference, said) => {
    hub.interference = interference;
    const outcome = await cli(['get', 'clusters', '--request-timeout', '0.2']);
    expect([outcome.code, outcome.out]).toEqual([1, '']);
    expect(outcome.err).toContain(said);
    expect(outcome.err.trimEnd()).not.toContain('\n');
    expect(hub.requests).toHaveLength(1);
  });

  it('breaks off nothing of a command that is interrupted', async () => {
    hub.interference = () => io.interrupt.abort();
    const io = ioOf(hub);
    expect([await run(['get', 'clusters'], io), io.out, io.err]).toEqual([130, '', '']);
  });
});

describe('a hub over TLS', () => {
  it.each([
    ['that is trusted', 'ip', '127.0.0.1', ['--ca-file', '/ca.pem'], 0, ''],
    [
      'that nobody vouches for',
      'ip',
      '127.0.0.1',
      [],
      1,
      'is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT): name what it is signed by with --ca-file',
    ],
    ['with the name of another', 'dns', 'hub.example.com', ['--ca-file', '/ca.pem'], 1, 'is for another name'],
  ] as const)('with a certificate %s', async (_, type, value, options, code, said) => {
    const certificate = await selfSigned({ type, value });
    const secure = await HubStandIn.start(certificate);
    secure.clusters.set('west', clusterNamed('west'));
    const outcome = await cli(['get', 'clusters', '-o', 'name', '--server', secure.url, ...options], {
      files: { '/ca.pem': certificate.cert },
    });
    expect([outcome.code, outcome.out]).toEqual([code, code === 0 ? 'membercluster/west\n' : '']);
    expect(outcome.err).toContain(said);
    // The token goes to nobody who is not who they should be.
    expect(secure.requests).toHaveLength(code === 0 ? 1 : 0);
    await secure.stop();
  });

  it('is none where plain http is spoken', async () => {
    expect(await cli(['get', 'clusters', '--server', hub.url.replace('http', 'https')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('does not speak TLS as it should'),
    });
  });
});

describe('a hub that says no', () => {
  it('401: says where the token came from, and not which', async () => {
    const outcome = await cli(['get', 'clusters', '--token', 'wrong-token']);
    expect(outcome.code).toBe(1);
    expect(outcome.err).toBe('lattice-hub: Unauthorized: the hub cluster does not accept the token [token] (the token is from --token)\n');
  });

  it('401: names the context of the kubeconfig', async () => {
    const outcome = await cli(['get', 'clusters'], { env: { LATTICE_HUB_URL: hub.url } });
    expect(outcome.err).toContain('from the user "west" of the current context "west" of /home/nobody/.kube/config');
  });

  it('403: says who may not do what', async () => {
    const outcome = await cli(['get', 'clusters', '--token', tokens.stranger]);
    expect(outcome).toEqual({
      code: 1,
      out: '',
      err: 'lattice-hub: Forbidden: user "stranger" cannot list memberclusters.lattice-hub.io at the cluster scope\n',
    });
  });

  it.each<[string, readonly string[], string]>([
    [
      'a field',
      ['--aws-account', '12', '--region', 'us-west-2', '--vpc', 'vpc-0a1b2c3d', ...role],
      'aws.accountId (--aws-account): must be twelve digits',
    ],
    ['several fields', ['--aws-account', '12', '--region', 'here', '--vpc', 'mine', ...role], 'aws.vpcId (--vpc): must be the id of a VPC'],
    [
      'what is missing',
      [...place, '--role-arn', 'arn:aws:iam::111122223333:role/r'],
      'ExternalIdRequired: spec.aws.externalId is required',
    ],
  ])('400, 422: names %s in one line, with the option that it comes from', async (_, options, said) => {
    const outcome = await cli(['cluster', 'add', 'west', ...options]);
    expect([outcome.code, outcome.out]).toEqual([1, '']);
    expect(outcome.err).toContain(said);
    expect(outcome.err).toMatch(/^lattice-hub: .*\n$/);
  });
});
