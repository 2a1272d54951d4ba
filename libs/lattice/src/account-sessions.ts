import { buffer } from 'node:stream/consumers';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import type { AwsCredentialIdentity } from '@smithy/types';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { LatticeError, latticeErrorOf } from './lattice-error.js';

/** How a member's account is entered. */
export interface AccountAccess {
  readonly accountId: string;
  readonly region: string;
  readonly roleArn: string;
  readonly externalId: string | undefined;
}

export interface SessionSettings {
  readonly hubId: string;
  /** How long one attempt of one call may take. */
  readonly attemptTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** How many attempts the SDK makes of one call. */
  readonly maxAttempts: number;
  readonly nowMs: () => number;
}

/** Credentials are renewed when they are valid for less than this. */
const renewBeforeMs = 5 * 60_000;

/**
 * The adaptive retries of the SDK (design 8) slow a client down once a call was refused, and for as long as the client lives every burst after a rest
 * begins at a call or so a second again. So a client whose calls were not refused for this long is replaced: by then the limit is what it was before,
 * and the budget of the account keeps to it.
 */
const throttledForMs = 10_000;

/** What one account and region is called with: clients whose credentials come from the member's role and from nowhere else. */
export interface AccountSession {
  readonly access: AccountAccess;
  readonly lattice: VPCLatticeClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  /** Assumes the role and checks where it leads, if that was not done yet. @throws LatticeError */
  authorize(): Promise<void>;
  /** Throws away the credentials, so that the next call gets new ones. */
  renew(): void;
  /** A call was refused because there were too many. */
  noteThrottled(service: 'lattice' | 'tagging'): void;
}

/**
 * Sessions with the members' accounts, one for each (roleArn, externalId, region) and never by account alone. A role that can't be assumed, or
 * that leads to another account than declared, gives no session; nothing ever falls back to the hub's own credentials (design law 4).
 */
export class AccountSessions {
  private readonly sessions = new Map<string, AccountSession>();
  private readonly handler: NodeHttpHandler;
  private readonly tokens = new Map<string, STSClient>();
  private ownAccount: Promise<string> | undefined;

  constructor(private readonly settings: SessionSettings) {
    this.handler = new NodeHttpHandler({
      connectionTimeout: settings.connectTimeoutMs,
      requestTimeout: settings.attemptTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 256 },
      httpsAgent: { keepAlive: true, maxSockets: 256 },
    });
  }

  /**
   * The session of an account. No call is made yet.
   * @throws LatticeError of kind wrongAccount where the role is in another account than declared
   */
  session(access: AccountAccess): AccountSession {
    const roleAccount = access.roleArn.split(':')[4];
    if (roleAccount !== access.accountId) {
      throw new LatticeError('wrongAccount', `the role is in account ${roleAccount ?? 'unknown'}, declared is ${access.accountId}`);
    }
    const key = JSON.stringify([access.roleArn, access.externalId ?? null, access.region]);
    let session = this.sessions.get(key);
    if (!session) this.sessions.set(key, (session = this.open(access)));
    return session;
  }

  /** The account of the hub's own credentials; used to tell whether a role needs an external id, and for nothing else. @throws LatticeError */
  hubAccountId(region: string): Promise<string> {
    this.ownAccount ??= this.callerAccount(this.stsOf(region)).catch((error: unknown) => {
      this.ownAccount = undefined;
      throw latticeErrorOf(error);
    });
    return this.ownAccount;
  }

  /** Closes every connection. */
  close(): void {
    for (const session of this.sessions.values()) {
      session.lattice.destroy();
      session.tagging.destroy();
    }
    for (const sts of this.tokens.values()) sts.destroy();
    this.handler.destroy();
    this.sessions.clear();
    this.tokens.clear();
  }

  private open(access: AccountAccess): AccountSession {
    const credentials = new RoleCredentials(() => this.assume(access));
    const config = {
      region: access.region,
      // Marked as remembered already, or the SDK would remember them once more, and go on with those that were thrown away.
      credentials: Object.assign(() => credentials.get(), { memoized: true }),
      requestHandler: this.handler,
      // The SDK's own writes into a Writable. Those stay until the whole heap is collected, with all that belongs to their call (docs/performance.md).
      streamCollector: buffer,
      retryMode: 'adaptive',
      maxAttempts: this.settings.maxAttempts,
    };
    const { nowMs } = this.settings;
    const clients = {
      lattice: new RestedClient(() => unlogged(new VPCLatticeClient(config)), nowMs),
      tagging: new RestedClient(() => unlogged(new ResourceGroupsTaggingAPIClient(config)), nowMs),
    };
    return {
      access,
      get lattice() {
        return clients.lattice.current;
      },
      get tagging() {
        return clients.tagging.current;
      },
      authorize: async () => void (await credentials.get()),
      renew: () => credentials.drop(),
      noteThrottled: (service) => clients[service].noteThrottled(),
    };
  }

  /** Assumes the role and makes sure that it leads where it was declared to lead, before anything else is called with it. */
  private async assume(access: AccountAccess): Promise<AwsCredentialIdentity> {
    const credentials = await this.assumeRole(access);
    const sts = new STSClient({ region: access.region, credentials, requestHandler: this.handler, maxAttempts: this.settings.maxAttempts });
    const account = await this.callerAccount(sts).catch((error: unknown) => {
      throw latticeErrorOf(error);
    });
    if (account !== access.accountId) {
      throw new LatticeError(
        'wrongAccount',
        `the credentials of ${access.roleArn} are of account ${account}, declared is ${access.accountId}`,
      );
    }
    return credentials;
  }

  private async assumeRole(access: AccountAccess): Promise<AwsCredentialIdentity> {
    const command = new AssumeRoleCommand({
      RoleArn: access.roleArn,
      RoleSessionName: `lattice-hub-${this.settings.hubId}`.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64),
      ...(access.externalId !== undefined && { ExternalId: access.externalId }),
    });
    try {
      const { Credentials } = await this.stsOf(access.region).send(command);
      if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken)
        throw new Error('AssumeRole gave no credentials');
      return {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
        ...(Credentials.Expiration && { expiration: Credentials.Expiration }),
      };
    } catch (error) {
      const { kind, message, details } = latticeErrorOf(error);
      throw new LatticeError(
        kind === 'denied' || kind === 'invalid' ? 'notAssumed' : kind,
        `${access.roleArn} could not be assumed: ${message}`,
        details,
      );
    }
  }

  /** The hub's own credentials, by the SDK's default chain: for STS alone. */
  private stsOf(region: string): STSClient {
    let sts = this.tokens.get(region);
    if (!sts)
      this.tokens.set(region, (sts = new STSClient({ region, requestHandler: this.handler, maxAttempts: this.settings.maxAttempts })));
    return sts;
  }

  private async callerAccount(sts: STSClient): Promise<string> {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    if (!Account) throw new LatticeError('unavailable', 'GetCallerIdentity named no account');
    return Account;
  }
}

/** The SDK copies every question and every answer for a logger, also where there is none: for listings, that is much. */
function unlogged<C extends { readonly middlewareStack: { removeByTag(tag: string): boolean } }>(client: C): C {
  client.middlewareStack.removeByTag('LOGGER');
  return client;
}

/** A client of the SDK, and a new one once its calls were not refused any more for a while. What is under way with the former ends as it would. */
class RestedClient<C> {
  private client: C | undefined;
  private throttledAtMs: number | undefined;

  constructor(
    private readonly make: () => C,
    private readonly nowMs: () => number,
  ) {}

  get current(): C {
    if (this.throttledAtMs !== undefined && this.nowMs() - this.throttledAtMs >= throttledForMs) {
      this.client = undefined;
      this.throttledAtMs = undefined;
    }
    return (this.client ??= this.make());
  }

  noteThrottled(): void {
    this.throttledAtMs = this.nowMs();
  }
}

/** Credentials of a role, renewed before they end; however many calls wait for them, one gets them. */
class RoleCredentials {
  private current: AwsCredentialIdentity | undefined;
  private pending: Promise<AwsCredentialIdentity> | undefined;

  constructor(private readonly assume: () => Promise<AwsCredentialIdentity>) {}

  async get(): Promise<AwsCredentialIdentity> {
    if (this.current && !this.isEnding(this.current)) return this.current;
    this.pending ??= this.renew();
    return this.pending;
  }

  drop(): void {
    this.current = undefined;
  }

  private async renew(): Promise<AwsCredentialIdentity> {
    try {
      this.current = await this.assume();
      return this.current;
    } finally {
      this.pending = undefined;
    }
  }

  private isEnding(credentials: AwsCredentialIdentity): boolean {
    return credentials.expiration !== undefined && credentials.expiration.getTime() - Date.now() < renewBeforeMs;
  }
}
