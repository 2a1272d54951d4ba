import { RequestFailure } from '../protocol/request-failure.js';
import type { HttpRequest } from '../server/http-message.js';
import { parseAuthorization } from '../signature/parse-authorization.js';
import type { Authorization } from '../signature/parse-authorization.js';
import { SigningKeys } from '../signature/signing-keys.js';
import { checkDate, checkScope, checkSignature } from '../signature/verify-signature.js';
import type { SignatureRules } from '../signature/verify-signature.js';
import type { Accounts } from './accounts.js';
import type { Caller } from './caller.js';
import type { Sessions } from './sessions.js';

/** Who called, and the region that the signature is scoped to. */
export interface Authenticated {
  readonly caller: Caller;
  readonly region: string;
}

/** Says who signed a request. */
export class Authenticator {
  readonly #signingKeys = new SigningKeys();

  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Verifies a Signature Version 4, in the header or presigned. `nowMs` is the time that sessions expire by; the rules bring the server's time,
   * which dates are compared with. Throws a RequestFailure.
   */
  authenticate(request: HttpRequest, rules: SignatureRules, nowMs: number): Authenticated {
    const authorization = parseAuthorization(request);
    checkScope(authorization, rules);
    const { caller, secretAccessKey } = this.#identify(authorization, nowMs);
    checkDate(authorization, rules);
    checkSignature(request, authorization, this.#signingKeys.get(secretAccessKey, authorization.scope));
    return { caller, region: authorization.scope[1] };
  }

  #identify(authorization: Authorization, nowMs: number): { readonly caller: Caller; readonly secretAccessKey: string } {
    const { accessKeyId, sessionToken } = authorization;
    const account = this.accounts.byAccessKey(accessKeyId);
    if (account && sessionToken === undefined) {
      return { caller: userOf(account), secretAccessKey: account.secretAccessKey };
    }
    const session = this.sessions.byAccessKey(accessKeyId);
    if (!session || session.sessionToken !== sessionToken) {
      throw new RequestFailure('unknownKey', 'The security token included in the request is invalid.');
    }
    if (session.expiresAtMs <= nowMs) throw new RequestFailure('expiredToken', 'The security token included in the request is expired');
    return { caller: session.caller, secretAccessKey: session.secretAccessKey };
  }
}

function userOf(account: { readonly id: string; readonly userArn: string; readonly userId: string; readonly accessKeyId: string }): Caller {
  return {
    account: account.id,
    arn: account.userArn,
    userId: account.userId,
    accessKeyId: account.accessKeyId,
    role: undefined,
    sessionActions: undefined,
    issuedAtMs: 0,
  };
}
