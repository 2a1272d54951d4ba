import { randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import type { Scheduler } from '../clock/scheduler.js';
import type { User } from './user.js';
import { makeUser } from './user.js';

/** For whom a token is issued. */
export interface TokenUser {
  readonly name: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  /** After how many seconds of the cluster's clock the token is good no more. Default never. */
  readonly expirationSeconds?: number;
}

/** What binds the token of a service account: it is good as long as these objects are there. */
export interface BoundToken {
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  readonly boundObject: { readonly kind: string; readonly apiVersion: string; readonly name: string; readonly uid: string } | undefined;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
}

interface Entry {
  readonly user: User;
  readonly expiresAtMs: number;
  readonly bound: BoundToken | undefined;
}

/** Who issued the tokens of service accounts, and for whom they are good where nothing else is said. */
export const issuer = 'https://kubernetes.default.svc';

/** The bearer tokens of one cluster. */
export class TokenRegistry {
  private readonly entries = new Map<string, Entry>();

  /** @param isThere whether an object that a token is bound to still exists, by kind, namespace, name and UID */
  constructor(
    private readonly scheduler: Scheduler,
    private readonly key: KeyObject,
    private readonly isThere: (kind: string, namespace: string, name: string, uid: string) => boolean,
  ) {}

  /** A new token. */
  issue(user: TokenUser): string {
    const token = randomBytes(24).toString('base64url');
    this.register(token, user);
    return token;
  }

  /** Takes a token that was made elsewhere. */
  register(token: string, { name, groups = [], uid = '', expirationSeconds = Infinity }: TokenUser): void {
    const expiresAtMs = this.scheduler.nowMs() + expirationSeconds * 1000;
    this.entries.set(token, { user: makeUser(name, groups, uid), expiresAtMs, bound: undefined });
  }

  /** A token of a service account, a signed JWT as TokenRequest gives it. */
  issueBound(bound: BoundToken): { readonly token: string; readonly expiresAtMs: number } {
    const nowSeconds = Math.floor(this.scheduler.nowMs() / 1000);
    const expires = nowSeconds + bound.expirationSeconds;
    const id = randomBytes(16).toString('hex');
    const { namespace, serviceAccount, boundObject } = bound;
    const claims = {
      aud: bound.audiences,
      exp: expires,
      iat: nowSeconds,
      iss: issuer,
      jti: id,
      'kubernetes.io': {
        namespace,
        ...(boundObject === undefined ? {} : { [boundObject.kind.toLowerCase()]: { name: boundObject.name, uid: boundObject.uid } }),
        serviceaccount: serviceAccount,
      },
      nbf: nowSeconds,
      sub: subjectOf(namespace, serviceAccount.name),
    };
    const token = this.signJwt(claims);
    this.entries.set(token, { user: boundUser(bound, id), expiresAtMs: expires * 1000, bound });
    return { token, expiresAtMs: expires * 1000 };
  }

  revoke(token: string): void {
    this.entries.delete(token);
  }

  /** Who holds the token; undefined where it is unknown, has expired, or what it was bound to is gone. */
  authenticate(token: string): User | undefined {
    const entry = this.entries.get(token);
    if (entry === undefined) return undefined;
    if (entry.expiresAtMs <= this.scheduler.nowMs() || !this.isBoundThere(entry.bound)) {
      this.entries.delete(token);
      return undefined;
    }
    return entry.user;
  }

  private isBoundThere(bound: BoundToken | undefined): boolean {
    if (bound === undefined) return true;
    const { namespace, serviceAccount, boundObject } = bound;
    if (!this.isThere('ServiceAccount', namespace, serviceAccount.name, serviceAccount.uid)) return false;
    return boundObject === undefined || this.isThere(boundObject.kind, namespace, boundObject.name, boundObject.uid);
  }

  private signJwt(claims: object): string {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = `${encode({ alg: 'ES256', kid: 'kube-simulator' })}.${encode(claims)}`;
    return `${head}.${sign('sha256', Buffer.from(head), { key: this.key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
}

const subjectOf = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

function boundUser({ namespace, serviceAccount, boundObject, audiences }: BoundToken, id: string): User {
  const extra: Record<string, readonly string[]> = { 'authentication.kubernetes.io/credential-id': [`JTI=${id}`] };
  if (boundObject?.kind === 'Pod') {
    extra['authentication.kubernetes.io/pod-name'] = [boundObject.name];
    extra['authentication.kubernetes.io/pod-uid'] = [boundObject.uid];
  }
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return makeUser(subjectOf(namespace, serviceAccount.name), groups, serviceAccount.uid, extra, audiences);
}
