import { randomBytes } from 'node:crypto';
import { keyLike } from './accounts.js';
import type { AccessKey } from './accounts.js';
import type { Caller } from './caller.js';
import type { Role } from './roles.js';

/** A tag of a session; a transitive one goes on to the sessions that are made with it. */
export interface SessionTag {
  readonly key: string;
  readonly value: string;
  readonly isTransitive: boolean;
}

/** Temporary credentials of a role, and whose they are. */
export interface Session extends AccessKey {
  readonly sessionToken: string;
  readonly expiresAtMs: number;
  readonly caller: Caller;
  readonly tags: readonly SessionTag[];
  /** Who stands behind the session; it stays the same in every session that is made with it. */
  readonly sourceIdentity: string | undefined;
}

export interface SessionRequest {
  readonly role: Role;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly sessionActions: readonly string[] | undefined;
  readonly tags?: readonly SessionTag[];
  readonly sourceIdentity?: string | undefined;
}

const forgetAfterMs = 24 * 3_600_000;
const pruneEvery = 1_000;

/** The sessions that were handed out. One that has expired is known for a day more, so that it is told from one that never was. */
export class Sessions {
  readonly #byKey = new Map<string, Session>();
  #minted = 0;

  /** Makes a session that starts now. */
  mint(request: SessionRequest, nowMs: number): Session {
    const { role, sessionName } = request;
    const accessKeyId = keyLike('ASIA', randomBytes(16).toString('hex'));
    const session: Session = {
      accessKeyId,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: `FwoGZXIvYXdzE${randomBytes(225).toString('base64')}`,
      expiresAtMs: nowMs + request.durationSeconds * 1_000,
      caller: {
        account: role.account,
        arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`,
        userId: `${role.id}:${sessionName}`,
        accessKeyId,
        role: role.name,
        sessionActions: request.sessionActions,
        issuedAtMs: nowMs,
      },
      tags: request.tags ?? [],
      sourceIdentity: request.sourceIdentity,
    };
    this.#byKey.set(accessKeyId, session);
    this.#minted += 1;
    if (this.#minted % pruneEvery === 0) this.#prune(nowMs);
    return session;
  }

  byAccessKey(accessKeyId: string): Session | undefined {
    return this.#byKey.get(accessKeyId);
  }

  /** Ends every session now: its next call gets the error of an expired token. */
  expireAll(nowMs: number): void {
    for (const [key, session] of this.#byKey) {
      if (session.expiresAtMs > nowMs) this.#byKey.set(key, { ...session, expiresAtMs: nowMs });
    }
  }

  all(): readonly Session[] {
    return [...this.#byKey.values()];
  }

  /** Replaces all sessions. */
  restore(sessions: readonly Session[]): void {
    this.#byKey.clear();
    for (const session of sessions) this.#byKey.set(session.accessKeyId, session);
  }

  #prune(nowMs: number): void {
    for (const [key, session] of this.#byKey) {
      if (session.expiresAtMs + forgetAfterMs < nowMs) this.#byKey.delete(key);
    }
  }
}
