import { createHash } from 'node:crypto';

import type { User } from '../auth/user.js';
import { encodeJson } from '../object/encode-json.js';
import type { JsonObject } from '../object/json-value.js';
import type { Registry } from '../resources/registry.js';
import type { HttpExchange } from '../server/http-exchange.js';
import { parseAccept } from '../server/media-type.js';
import type { PathHandler } from '../server/router.js';
import { encodeOpenApiV2, openApiProtobufTypes } from './openapi-protobuf.js';
import { documentNames, openApiV2, openApiV3 } from './openapi-documents.js';

/** `/openapi/v2`, `/openapi/v3` and the documents below it, as JSON; version 2 also in protobuf, as kubectl asks for it. */
export class OpenApiHandler implements PathHandler {
  private readonly latest = new Map<string, { readonly hash: string; readonly sinceMs: number }>();

  constructor(
    private readonly registry: Registry,
    private readonly nowMs: () => number,
  ) {}

  async handle(exchange: HttpExchange, _user: User): Promise<boolean> {
    const path = exchange.path.replace(/\/$/, '');
    if (path === '/openapi/v2') await this.sendDocument(exchange, openApiV2(this.registry));
    else if (path === '/openapi/v3') await this.send(exchange, 'text/plain; charset=utf-8', encodeJson(this.index()));
    else if (path.startsWith('/openapi/v3/'))
      await this.sendDocument(exchange, openApiV3(this.registry, path.slice('/openapi/v3/'.length)));
    else return false;
    return true;
  }

  private index(): JsonObject {
    const paths = documentNames(this.registry).map((name) => {
      const hash = hashOf(encodeJson(openApiV3(this.registry, name) ?? {}));
      return [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` }];
    });
    return { paths: Object.fromEntries(paths) };
  }

  private async sendDocument(exchange: HttpExchange, document: JsonObject | undefined): Promise<void> {
    if (document === undefined) {
      exchange.sendEmpty(404);
      return;
    }
    const isVersion2 = document['swagger'] !== undefined;
    const type = chooseType(exchange.header('accept'), isVersion2);
    if (type === undefined) {
      exchange.sendEmpty(406);
      return;
    }
    const text = encodeJson(document);
    const etag = `"${hashOf(text)}"`;
    const body = type === 'application/json' ? text : encodeOpenApiV2(document);
    if (exchange.header('if-none-match') === etag) exchange.sendUnchanged({ etag, vary: 'Accept' });
    else await this.send(exchange, type, body, { etag, vary: 'Accept' });
  }

  private async send(
    exchange: HttpExchange,
    contentType: string,
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const lastModified = new Date(this.unchangedSince(exchange.path, hashOf(body))).toUTCString();
    await exchange.sendText(200, contentType, body, {
      ...headers,
      'accept-ranges': 'bytes',
      'content-length': 'known',
      'last-modified': lastModified,
    });
  }

  private unchangedSince(path: string, hash: string): number {
    const known = this.latest.get(path);
    if (known?.hash === hash) return known.sinceMs;
    const sinceMs = this.nowMs();
    this.latest.set(path, { hash, sinceMs });
    return sinceMs;
  }
}

const hashOf = (content: string | Buffer): string => createHash('sha512').update(content).digest('hex').toUpperCase();

/** The type of document that a client likes best; protobuf is there for version 2 alone. */
function chooseType(accept: string | undefined, isVersion2: boolean): string | undefined {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  for (const { type } of parseAccept(accept)) {
    if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'application/json';
    if (isVersion2 && openApiProtobufTypes.includes(type)) return openApiProtobufTypes[1];
  }
  return undefined;
}
