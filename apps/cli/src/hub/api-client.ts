import type { z } from 'zod';
import { CliError } from '../cli-error.js';
import { AnyPage } from './answers.js';
import type { Connection } from './connection.js';
import { exchange, openStream, type HttpAnswer, type HttpRequest } from './http-exchange.js';
import { HubRefusal, problemText, type OptionOfField } from './hub-refusal.js';
import { ndjsonLines } from './ndjson.js';

/** Query parameters; what is undefined is left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/** How many items are asked for at once. */
const pageLimit = '2000';

/** A call that may write. */
export interface ApiCall {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1/. */
  readonly path: string;
  readonly query?: Query;
  /** An object goes as JSON, a text as YAML. */
  readonly body?: object | string;
  /** How the fields of the body are called on the command line. */
  readonly optionOf?: OptionOfField;
}

/** The hub's REST API, called as whoever holds the token. Every call ends within its time. */
export class ApiClient {
  constructor(
    private readonly connection: Connection,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws CliError; HubRefusal where the hub says no */
  async get<T>(path: string, query: Query, answer: z.ZodType<T>): Promise<T> {
    return this.read(await exchange(this.request('GET', path, query)), answer, {});
  }

  /** All pages of a list. @throws CliError; HubRefusal where the hub says no */
  async list(path: string, query: Query): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    let page: z.infer<typeof AnyPage>;
    let next: string | undefined;
    do {
      page = await this.get(path, { ...query, limit: pageLimit, ...(next !== undefined && { continue: next }) }, AnyPage);
      items.push(...page.items);
      next = page.continue;
    } while (next !== undefined);
    return items;
  }

  /** @throws CliError; HubRefusal where the hub says no */
  async call<T>({ method, path, query = {}, body, optionOf = {} }: ApiCall, answer: z.ZodType<T>): Promise<T> {
    return this.read(await exchange(this.request(method, path, query, body)), answer, optionOf);
  }

  /**
   * A list and what changes in it, as it comes: some lines at a time. It ends when the hub ends it.
   * @throws CliError; HubRefusal where the hub says no
   */
  async *watch<T>(path: string, query: Query, line: z.ZodType<T>): AsyncGenerator<readonly T[]> {
    const stream = await openStream(this.request('GET', path, { ...query, watch: '1' }));
    if ('status' in stream) throw this.refusal(stream, {});
    for await (const values of ndjsonLines(stream)) yield values.map((value) => this.parse(value, line));
  }

  private request(method: HttpRequest['method'], path: string, query: Query, body?: object | string): HttpRequest {
    const { server, token, ca, requestTimeoutMs } = this.connection;
    const url = new URL(`${server.pathname.replace(/\/+$/, '')}/api/v1/${path}`, server);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json, application/problem+json, application/x-ndjson',
      'user-agent': 'lattice-hub-cli',
      ...(text !== undefined && {
        'content-type': typeof body === 'object' ? 'application/json' : 'application/yaml',
        'content-length': String(Buffer.byteLength(text)),
      }),
    };
    const { signal } = this;
    return {
      method,
      url,
      headers,
      timeoutMs: requestTimeoutMs,
      signal,
      ...(text !== undefined && { body: text }),
      ...(ca !== undefined && { ca }),
    };
  }

  private read<T>(answer: HttpAnswer, schema: z.ZodType<T>, optionOf: OptionOfField): T {
    if (answer.status < 200 || answer.status > 299) throw this.refusal(answer, optionOf);
    let value: unknown;
    try {
      value = JSON.parse(answer.text);
    } catch {
      throw this.notAHub(answer);
    }
    return this.parse(value, schema);
  }

  private parse<T>(value: unknown, schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = issue?.path.map(String).join('.') || 'the answer';
    throw new CliError(`the hub answered what this lattice-hub does not understand: ${where}: ${issue?.message}; are both of one version?`);
  }

  private refusal(answer: HttpAnswer, optionOf: OptionOfField): CliError {
    const { status, location } = answer;
    if (status >= 300 && status < 400) {
      const { origin } = this.connection.server;
      return new CliError(`${origin} points to ${location ?? 'another address'}, which is not followed: name the hub itself in --server`);
    }
    const text = problemText(answer.text, optionOf);
    if (text === undefined) return this.notAHub(answer);
    const told = status === 401 ? `${text} (the token is from ${this.connection.tokenSource})` : text;
    return new HubRefusal(status, this.withoutToken(told));
  }

  private notAHub({ status, contentType }: HttpAnswer): CliError {
    const what = contentType === '' ? 'without a content type' : `of type ${contentType}`;
    return new CliError(
      `${this.connection.server.href} answers with ${status} ${what}, not as a hub does: is --server or LATTICE_HUB_URL right?`,
    );
  }

  /** Whatever an answer repeats, the token is not shown. */
  private withoutToken(text: string): string {
    return text.replaceAll(this.connection.token, '[token]');
  }
}
