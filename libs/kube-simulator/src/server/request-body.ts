import { decodeYaml, YamlSyntaxError } from '../object/decode-yaml.js';
import { decodeProtobuf, openEnvelope } from '../schema/protobuf-decoder.js';
import type { Schema } from '../schema/schema.js';
import { TypeMismatchError } from '../schema/type-mismatch-error.js';
import { badRequest, unsupportedMediaType } from '../status/api-error.js';
import type { HttpExchange } from './http-exchange.js';
import { objectMediaTypes } from './media-type.js';

const json = 'application/json';
const yaml = 'application/yaml';
const protobuf = 'application/vnd.kubernetes.protobuf';

/**
 * Reads the body of a request. What comes back gives it as JSON, whatever it came as, and throws ApiError 400 or 415 where it can't be read.
 * @param schema of the built-in type, for a body in protobuf; custom resources have none there
 * @throws ApiError 413, 415
 */
export async function readObjectBody(exchange: HttpExchange, schema: Schema | undefined): Promise<() => string> {
  const bytes = await exchange.readBytes();
  // A creation is refused for its type before anything else, an update only when it is decoded.
  if (exchange.method === 'POST') bodyType(exchange, schema);
  return () => asJson(bodyType(exchange, schema), bytes, schema);
}

/**
 * The body of a request that need not have one: its type counts only where there is something.
 * @throws ApiError 400, 413, 415
 */
export async function readOptionalBody(exchange: HttpExchange, schema: Schema): Promise<string> {
  const bytes = await exchange.readBytes();
  return bytes.length === 0 ? '' : asJson(bodyType(exchange, schema), bytes, schema);
}

function bodyType(exchange: HttpExchange, schema: Schema | undefined): string {
  const header = exchange.header('content-type') ?? '';
  const type = header.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '' || type === '*/*') return json;
  if (type === json || type === yaml || (type === protobuf && schema !== undefined)) return type;
  throw unsupportedMediaType(schema === undefined && type === protobuf ? [json, yaml] : objectMediaTypes);
}

function asJson(type: string, bytes: Buffer, schema: Schema | undefined): string {
  if (type === json) return bytes.toString('utf8');
  try {
    if (type === yaml) return JSON.stringify(decodeYaml(bytes.toString('utf8')).value);
    const { apiVersion, kind, raw } = openEnvelope(bytes);
    return JSON.stringify({ ...decodeProtobuf(raw, schema ?? {}), apiVersion, kind });
  } catch (error) {
    if (error instanceof YamlSyntaxError) throw badRequest(`error converting YAML to JSON: ${error.message}`);
    if (error instanceof TypeMismatchError) throw badRequest(error.message);
    throw error;
  }
}
