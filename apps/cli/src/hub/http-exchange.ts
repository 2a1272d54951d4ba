import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CliError, interrupted } from '../cli-error.js';

/** One request to the hub. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | undefined;
  readonly text: string;
}

/** The longest answer that is taken, in bytes: five thousand clusters fit, and the memory of a laptop does too. */
const mostBytes = 256 * 1024 * 1024;

/** How long a stream may be silent before the line is probed. */
const keepAliveMs = 15_000;

/**
 * Sends a request and reads the whole answer, in the given time. No redirect is followed: a token goes nowhere that was not named.
 * @throws CliError which says why there is no answer
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const deadline = new Deadline(request);
  try {
    return await answerOf(await send(request, deadline.signal));
  } catch (error) {
    throw deadline.explain(error);
  } finally {
    deadline.clear();
  }
}

/**
 * Sends a request whose answer has no end of its own. The time counts until the answer begins.
 * @returns the answer; unless its status is 200, what it says is read already
 * @throws CliError which says why there is no answer
 */
export async function openStream(request: HttpRequest): Promise<HttpAnswer | AsyncIterable<Buffer>> {
  const deadline = new Deadline(request);
  try {
    const message = await send(request, deadline.signal);
    if (message.statusCode !== 200) return await answerOf(message);
    message.socket.setKeepAlive(true, keepAliveMs);
    return chunksOf(message, deadline);
  } catch (error) {
    throw deadline.explain(error);
  } finally {
    deadline.clear();
  }
}

async function* chunksOf(message: IncomingMessage, deadline: Deadline): AsyncGenerator<Buffer> {
  try {
    yield* message as AsyncIterable<Buffer>;
  } catch (error) {
    throw deadline.explain(error);
  } finally {
    message.destroy();
  }
}

function send({ method, url, headers, body, ca }: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  // No agent: nothing stays open behind a command.
  const options: RequestOptions = { method, headers, signal, agent: false };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, rejectUnauthorized: true, ...(ca !== undefined && { ca }) })
        : httpRequest(url, options);
    request.once('response', resolve).once('error', reject).end(body);
  });
}

async function answerOf(message: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw new CliError('the answer of the hub is too long: ask for less, with --cluster or -n');
    chunks.push(chunk);
  }
  const { 'content-type': contentType = '', location } = message.headers;
  return { status: message.statusCode ?? 0, contentType, location, text: Buffer.concat(chunks).toString('utf8') };
}

/** The time that a request has, and what a failure of it means. */
class Deadline {
  readonly signal: AbortSignal;
  private readonly over = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly request: HttpRequest) {
    this.signal = AbortSignal.any([request.signal, this.over.signal]);
    this.timer = setTimeout(() => this.over.abort(), request.timeoutMs);
  }

  clear(): void {
    clearTimeout(this.timer);
  }

  explain(error: unknown): CliError {
    const { request } = this;
    if (error instanceof CliError) return error;
    if (request.signal.aborted) return interrupted();
    if (this.over.signal.aborted)
      return new CliError(`no answer from ${request.url.origin} within ${request.timeoutMs / 1000} s (--request-timeout)`);
    return new CliError(failureText(error as NodeJS.ErrnoException, request.url));
  }
}

const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

function failureText({ code = '', message }: NodeJS.ErrnoException, url: URL): string {
  const { origin, hostname } = url;
  if (code === 'ECONNREFUSED') return `no hub listens at ${origin}: is it running, and is --server or LATTICE_HUB_URL right?`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${hostname} cannot be resolved: is --server or LATTICE_HUB_URL right?`;
  if (untrusted.has(code)) return `the certificate of ${origin} is not trusted (${code}): name what it is signed by with --ca-file`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${origin} is for another name: use a name that it holds in --server`;
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${origin} has expired`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return `${origin} does not speak TLS as it should (${code}): is it an http address?`;
  if (code === 'ECONNRESET') return `${origin} broke off the connection`;
  return `no answer from ${origin}: ${code || message}`;
}
