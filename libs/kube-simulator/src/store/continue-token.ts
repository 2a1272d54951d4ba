import { decodeJson } from '../object/decode-json.js';
import { isJsonObject } from '../object/json-value.js';
import { badRequest } from '../status/api-error.js';

/** Where a paged list goes on: after which key, and at which revision; -1 stands for "the latest". */
export interface Continuation {
  readonly afterKey: string;
  readonly revision: number;
}

/** The revision of the empty store: no list was made then, and none goes on from there. */
export const lostRevision = 1;

/** The token that a client hands back. Keys are relative to the listed namespace, as the API server writes them. */
export function encodeContinue({ afterKey, revision }: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `/${afterKey}\u0000` })).toString('base64url');
}

/**
 * Reads a token.
 * @throws ApiError 400 with the API server's words
 */
export function decodeContinue(token: string): Continuation {
  const fields = decodeFields(token);
  const { v: version, rv: revision, start } = fields;
  if (version !== 'meta.k8s.io/v1')
    throw invalidToken(
      `continue key is not valid: server does not recognize this encoded version ${typeof version === 'string' ? version : ''}`,
    );
  if (typeof revision !== 'number' || revision === 0)
    throw invalidToken('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '')
    throw invalidToken('continue key is not valid: encoded start key empty (version meta.k8s.io/v1)');
  const key = start.startsWith('/') ? start.slice(1) : start;
  if (key.split('/').some((segment) => segment === '..' || segment === '.' || segment === ''))
    throw invalidToken(`continue key is not valid: ${start}`);
  return { afterKey: key.endsWith('\u0000') ? key.slice(0, -1) : key, revision };
}

function decodeFields(token: string): Record<string, unknown> {
  const illegal = token.search(/[^A-Za-z0-9_-]/);
  if (illegal >= 0) throw invalidToken(`continue key is not valid: illegal base64 data at input byte ${illegal}`);
  if (token.length % 4 === 1) throw invalidToken(`continue key is not valid: illegal base64 data at input byte ${token.length - 1}`);
  try {
    const { value } = decodeJson(Buffer.from(token, 'base64url').toString('utf8'));
    return isJsonObject(value) ? value : {};
  } catch (error) {
    throw invalidToken(`continue key is not valid: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const invalidToken = (why: string): Error => badRequest(`invalid continue token: ${why}`);
