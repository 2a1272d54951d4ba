import { decodeJson } from '../object/decode-json.js';
import { goQuote } from '../object/go-quote.js';
import { isJsonObject, objectAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { typeMetaProblem } from '../operations/decode-object.js';
import { definition } from '../schema/definitions.js';
import { TypeMismatchError } from '../schema/type-mismatch-error.js';
import { decodeTyped } from '../schema/typed-decoder.js';
import { badRequest } from '../status/api-error.js';
import type { HttpExchange } from './http-exchange.js';
import { deleteOptionsFromQuery } from './query-options.js';
import type { RawDeleteOptions } from './query-options.js';
import { readOptionalBody } from './request-body.js';

const optionsSchema = definition('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');

/**
 * The DeleteOptions of a request: those of its body, or of its query where it has none.
 * @throws ApiError 400, 413, 415
 */
export async function readDeleteBody(exchange: HttpExchange): Promise<RawDeleteOptions> {
  const text = await readOptionalBody(exchange, optionsSchema);
  if (text === '') return deleteOptionsFromQuery(exchange.query);
  const options = decodeOptions(text);
  const preconditions = objectAt(options, 'preconditions');
  const { gracePeriodSeconds, propagationPolicy, orphanDependents } = options;
  return {
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    ...(typeof propagationPolicy === 'string' ? { propagationPolicy } : {}),
    ...(typeof orphanDependents === 'boolean' ? { orphanDependents } : {}),
    ...(typeof preconditions?.['uid'] === 'string' ? { uid: preconditions['uid'] } : {}),
    ...(typeof preconditions?.['resourceVersion'] === 'string' ? { resourceVersion: preconditions['resourceVersion'] } : {}),
    dryRun: stringsAt(options, 'dryRun'),
  };
}

function decodeOptions(text: string): JsonObject {
  let value;
  try {
    ({ value } = decodeJson(text));
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`);
  }
  const options = isJsonObject(value) ? value : {};
  const problem = typeMetaProblem(value);
  if (problem !== undefined) throw badRequest(problem);
  const kind = typeof options['kind'] === 'string' ? options['kind'] : 'DeleteOptions';
  const apiVersion = typeof options['apiVersion'] === 'string' ? options['apiVersion'] : 'meta.k8s.io/v1';
  if (kind !== 'DeleteOptions')
    throw badRequest(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`);
  try {
    return decodeTyped(options, optionsSchema).value;
  } catch (error) {
    if (error instanceof TypeMismatchError) throw badRequest(error.message);
    throw error;
  }
}
