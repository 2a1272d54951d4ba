import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { KubeSimulator } from '@hub/kube-simulator';
import type { ObjectInput } from '@hub/kube-simulator';
import { AnswerCanon } from './answer-canon.js';
import { sendRaw } from './raw-request.js';
import type { RawAnswer } from './raw-request.js';

interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly user: 'admin' | 'hub' | 'unknown' | 'none';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutSeconds?: number;
}

interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly events?: readonly unknown[];
  readonly text?: string;
}

interface Step {
  readonly name: string;
  readonly request: RecordedRequest;
  readonly response?: RecordedAnswer;
  /** The resourceVersion of the answer stands for this word in the bodies of later requests. */
  readonly remember?: string;
}

/** What of an answer is not compared, and why. The status code and the headers of every step are. */
const notCompared: Readonly<Record<string, string>> = {
  'discovery /apis (trim)': 'the recorded server had API groups without use for a hub, and definitions of other projects',
  'discovery gv': 'the recorded server had more definitions in the group; those that both have are compared by the next test',
  'healthz readyz livez':
    'the checks of the recorded server are those of controllers that are not simulated; the next test compares the form',
  'openapi v3 idx': 'the index names API groups that are not simulated, and hashes of documents',
};

/** Where the recorded server was to be found. */
const recordedAddress = { host: '192.0.2.2', port: '16601' };

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');
const steps = (JSON.parse(read('../fixtures/kube-transcripts/gold-1.37.json')) as { readonly steps: readonly Step[] }).steps;
const tokens: Readonly<Record<string, string>> = { admin: 'admin-token', hub: 'hub-token', unknown: 'nope' };

let simulator: KubeSimulator;
const answers = new Map<string, RawAnswer>();

beforeAll(async () => {
  simulator = await KubeSimulator.start();
  simulator.registerToken('admin-token', { name: 'admin', uid: '1', groups: ['system:masters'] });
  simulator.registerToken('hub-token', { name: 'hub', uid: '2' });
  await simulator.installDefinitions(['serviceexports', 'targetgrouppolicies'].map(asRecorded));
  const remembered = new Map<string, string>();
  for (const step of steps) {
    const answer = await replay(step.request, remembered);
    answers.set(step.name, answer);
    if (step.remember !== undefined) {
      const { metadata } = JSON.parse(answer.text) as { readonly metadata: { readonly resourceVersion: string } };
      remembered.set(step.remember, metadata.resourceVersion);
    }
  }
}, 60_000);

afterAll(async () => simulator.stop());

/** The definition of a plural. That of the exports had neither a status nor columns of its own on the recorded server. */
function asRecorded(plural: string): ObjectInput {
  const definition = parse(read(`../../deploy/crds/${plural}.yaml`)) as ObjectInput & { readonly spec: { readonly versions: object[] } };
  if (plural !== 'serviceexports') return definition;
  const versions = definition.spec.versions.map((version) => ({
    ...version,
    subresources: undefined,
    additionalPrinterColumns: undefined,
  }));
  return { ...definition, spec: { ...definition.spec, versions } } as ObjectInput;
}

async function replay(request: RecordedRequest, remembered: ReadonlyMap<string, string>): Promise<RawAnswer> {
  const token = tokens[request.user];
  const headers = {
    'user-agent': 'curl/8.12.1',
    accept: '*/*',
    ...request.headers,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  let body = request.body;
  for (const [word, value] of remembered) body = body?.replaceAll(word, value);
  return sendRaw(
    { url: simulator.url, caPem: simulator.caCertificate },
    { method: request.method, path: request.path, headers, ...(body === undefined ? {} : { body }) },
  );
}

/** The headers, those that differ from run to run only by name. The length says nothing about a body that is not compared. */
function headersOf(name: string, headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers)
    .filter(([header]) => header !== 'content-length' || !(name in notCompared))
    .map(([header, value]): [string, string] => [
      header,
      /^(?:audit-id|date|last-modified|x-kubernetes-pf|content-length)/u.test(header) ? '*' : value,
    ]);
  return Object.fromEntries(entries);
}

/** What the recorded server would have answered at the simulator's address. */
function relocated(recorded: RecordedAnswer): RecordedAnswer {
  const text = JSON.stringify(recorded)
    .replaceAll(`${recordedAddress.host}:${recordedAddress.port}`, `127.0.0.1:${simulator.port}`)
    .replaceAll(`"targetPort":${recordedAddress.port}`, `"targetPort":${simulator.port}`);
  return JSON.parse(text) as RecordedAnswer;
}

/** The body in the form of the recording, without what differs from run to run. */
function bodyOf(answer: RecordedAnswer, canon: AnswerCanon): unknown {
  if (answer.events !== undefined) return answer.events.map((event) => canon.body(event));
  if (answer.body !== undefined) return canon.body(answer.body);
  return canon.text(answer.text ?? '').trimEnd();
}

/** The answer of the simulator, parsed as the recorded one is. */
function like(recorded: RecordedAnswer, answer: RawAnswer): RecordedAnswer {
  const rest = { status: answer.status, headers: answer.headers };
  if (recorded.events !== undefined)
    return {
      ...rest,
      events: answer.text
        .split('\n')
        .filter(Boolean)
        .map((line): unknown => JSON.parse(line)),
    };
  if (recorded.body !== undefined) return { ...rest, body: JSON.parse(answer.text) as unknown };
  return { ...rest, text: answer.text };
}

function answerTo(name: string): RawAnswer {
  const answer = answers.get(name);
  if (answer === undefined) throw new Error(`there is no step ${name}`);
  return answer;
}

function recordedTo(name: string): RecordedAnswer {
  const step = steps.find((candidate) => candidate.name === name);
  if (step?.response === undefined) throw new Error(`nothing was recorded for ${name}`);
  return step.response;
}

describe('The simulator answers as the recorded API server', () => {
  const recordedCanon = new AnswerCanon();
  const simulatedCanon = new AnswerCanon();

  for (const { name, response } of steps) {
    if (response === undefined) continue;
    it(`to "${name}"`, () => {
      const answer = answerTo(name);
      expect(answer.status).toBe(response.status);
      expect(headersOf(name, answer.headers)).toEqual(headersOf(name, response.headers));
      const simulated = bodyOf(like(response, answer), simulatedCanon);
      const recorded = bodyOf(relocated(response), recordedCanon);
      const reason = notCompared[name];
      expect(reason ?? simulated).toEqual(reason ?? recorded);
    });
  }

  it('with the same entries in the list of resources, for those that both have', () => {
    interface ResourceList {
      readonly resources: readonly { readonly name: string }[];
    }
    const both = (body: unknown): unknown => {
      const { resources, ...rest } = body as ResourceList;
      return {
        ...rest,
        resources: resources
          .filter(({ name }) => /^(?:serviceexports|targetgrouppolicies)/u.test(name))
          .toSorted((a, b) => a.name.localeCompare(b.name)),
      };
    };
    expect(both(JSON.parse(answerTo('discovery gv').text))).toEqual(both(recordedTo('discovery gv').body));
  });

  it('with the same entries in the list of groups, in the same order, for those that both have', () => {
    interface GroupList {
      readonly groups: readonly { readonly name: string }[];
    }
    const simulated = JSON.parse(answerTo('discovery /apis (trim)').text) as GroupList;
    const recorded = recordedTo('discovery /apis (trim)').body as GroupList;
    const names = new Set(simulated.groups.map(({ name }) => name));
    expect(simulated).toEqual({ ...recorded, groups: recorded.groups.filter(({ name }) => names.has(name)) });
  });

  it('with health checks of the same form', () => {
    const form = (text: string): unknown => [
      ...new Set(
        text
          .trimEnd()
          .replaceAll(/^\[\+\]\S+/gmu, '[+]check')
          .split('\n'),
      ),
    ];
    expect(form(answerTo('healthz readyz livez').text)).toEqual(form(recordedTo('healthz readyz livez').text ?? ''));
  });

  it('with an OpenAPI index of the same form', () => {
    const form = (text: string): unknown => {
      const { paths } = JSON.parse(text) as { readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>> };
      return ['api/v1', 'apis/application-networking.k8s.aws/v1alpha1'].map((name) =>
        paths[name]?.serverRelativeURL.replace(/=[0-9A-F]{128}$/u, '=<hash>'),
      );
    };
    // What was recorded ends after 1,800 characters.
    const recorded = recordedTo('openapi v3 idx').text ?? '';
    const url = /"apis\/[^"]+":\{"serverRelativeURL":"([^"]+)"\}/u.exec(recorded)?.[1] ?? '';
    expect(form(answerTo('openapi v3 idx').text)).toEqual(
      ['api/v1', 'apis/application-networking.k8s.aws/v1alpha1'].map((name) => `/openapi/v3/${name}?hash=<hash>`),
    );
    expect(url).toMatch(/^\/openapi\/v3\/apis\/.+\?hash=[0-9A-F]{128}$/u);
  });
});
