import { parse } from 'yaml';
import { AnswerCanon } from '../answer-canon.js';
import { RawConnection, sendRaw } from '../raw-request.js';
import type { RawAnswer, RawRequest, RawServer } from '../raw-request.js';
import type { Scenario, Step } from './scenario.js';

/** What a server answered to one step, in a form that is the same on every server that behaves the same. */
export interface CanonicalAnswer {
  readonly step: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Plays a scenario on a server. */
export async function play(server: RawServer, scenario: Scenario, namespace: string): Promise<CanonicalAnswer[]> {
  const canon = new AnswerCanon();
  const words = new Map([['ns', namespace]]);
  const answers: CanonicalAnswer[] = [];
  await ask(
    server,
    {
      method: 'POST',
      path: '/api/v1/namespaces',
      body: JSON.stringify({ metadata: { name: namespace } }),
      headers: { 'content-type': 'application/json' },
    },
    words,
  );
  const watches = await Promise.all((scenario.watches ?? []).map(async (path) => openWatch(server, path, words)));
  for (const step of scenario.steps) {
    const answer = await askUntil(server, step, words);
    remember(step, answer, words);
    answers.push(canonical(step, answer, canon));
  }
  const read = await askAtOnce(server, scenario.reads ?? [], words);
  answers.push(...read.map(({ step, answer }) => canonical(step, answer, canon)));
  for (const { step, ended } of watches) answers.push(canonical(step, await ended, canon));
  return answers;
}

function canonical(step: Step, answer: RawAnswer, canon: AnswerCanon): CanonicalAnswer {
  return { step: `${step.method} ${step.path}`, status: answer.status, headers: headersOf(step, answer), body: bodyOf(answer, canon) };
}

/** Opens a watch, and comes back once it is open. */
async function openWatch(
  server: RawServer,
  path: string,
  words: ReadonlyMap<string, string>,
): Promise<{ readonly step: Step; readonly ended: Promise<RawAnswer> }> {
  const step: Step = { method: 'GET', path };
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const ended = ask(server, step, words, () => resolve(undefined));
  await promise;
  return { step, ended };
}

async function askUntil(server: RawServer, step: Step, words: ReadonlyMap<string, string>): Promise<RawAnswer> {
  const endMs = Date.now() + 10_000;
  let answer = await ask(server, step, words);
  while (step.untilStatus !== undefined && answer.status !== step.untilStatus && Date.now() < endMs)
    answer = await ask(server, step, words);
  return answer;
}

/** Asks for everything over one connection, and waits until all of it has ended. */
async function askAtOnce(
  server: RawServer,
  steps: readonly Step[],
  words: ReadonlyMap<string, string>,
): Promise<{ readonly step: Step; readonly answer: RawAnswer }[]> {
  const connection = new RawConnection(server);
  try {
    return await Promise.all(steps.map(async (step) => ({ step, answer: await connection.send(requestOf(step, words)) })));
  } finally {
    connection.close();
  }
}

async function ask(server: RawServer, step: Step, words: ReadonlyMap<string, string>, onHead?: () => void): Promise<RawAnswer> {
  return sendRaw(server, { ...requestOf(step, words), ...(onHead === undefined ? {} : { onHead }) });
}

function requestOf(step: Step, words: ReadonlyMap<string, string>): RawRequest {
  const fill = (text: string): string => [...words].reduce((filled, [word, value]) => filled.replaceAll(`{${word}}`, value), text);
  return {
    method: step.method,
    path: fill(step.path),
    headers: {
      'user-agent': 'test/1.0',
      accept: 'application/json',
      ...step.headers,
      authorization: `Bearer ${step.user ?? 'admin'}-token`,
    },
    ...(step.body === undefined ? {} : { body: fill(step.body) }),
  };
}

function remember(step: Step, answer: RawAnswer, words: Map<string, string>): void {
  for (const [word, path] of Object.entries(step.remember ?? {})) {
    const value = path.reduce<unknown>(
      (parent, key) => (parent as Readonly<Record<string, unknown>> | undefined)?.[key],
      JSON.parse(answer.text),
    );
    words.set(`$${word}`, String(value));
  }
}

/** The headers, those that differ from run to run only by name; the descriptions of columns make Tables longer or shorter. */
function headersOf(step: Step, { headers }: RawAnswer): Record<string, string> {
  const isTable = step.headers?.['accept']?.includes('as=Table') === true;
  const known = Object.entries(headers).filter(([name]) => name !== 'content-length' || !isTable);
  const entries = known.map(([name, value]): [string, string] => [
    name,
    /^(?:audit-id|date|last-modified|etag|x-kubernetes-pf|content-length)/u.test(name) ? '*' : value,
  ]);
  return Object.fromEntries(entries);
}

/** Bookmarks come when the server has time for them. Only the one that ends the first events has its place. */
const isTold = (line: string): boolean => !line.startsWith('{"type":"BOOKMARK"') || line.includes('initial-events-end');

function bodyOf({ status, text, headers }: RawAnswer, canon: AnswerCanon): unknown {
  // Where lines are broken in the YAML of a long message is its writer's choice.
  if ((headers['content-type'] ?? '') === 'application/yaml' && status >= 400) return canon.body(parse(text));
  if (!(headers['content-type'] ?? '').startsWith('application/json')) return canon.text(text);
  if (text === '') return '';
  const isEvents = text.startsWith('{"type":');
  if (isEvents)
    return text
      .split('\n')
      .filter(isTold)
      .map((line) => (line === '' ? '' : canon.body(JSON.parse(line) as unknown)));
  return { body: canon.body(JSON.parse(text) as unknown), endsWithNewline: text.endsWith('\n') };
}
