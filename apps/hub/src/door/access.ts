import { createHash } from 'node:crypto';
import type { AccessAttributes, HubApi, KubeUser } from '@hub/kube';
import { Problem } from './problem.js';

/** Whoever asks: the user behind the token, and the token for writes in their name. */
export interface Caller {
  readonly user: KubeUser;
  readonly token: string;
}

/** A resource of the hub cluster that a read is decided by. */
export interface ReadResource {
  readonly group: string;
  readonly resource: string;
}

/** Where a read goes: a namespace, or all of them; one object by its name, or all. */
export interface ReadPlace {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export type ReadVerb = 'get' | 'list' | 'watch';

/** Answers of the hub cluster, kept for a moment and bounded, so that a flood of requests is no flood of reviews. */
class Remembered<T> {
  private readonly entries = new Map<string, { readonly value: Promise<T>; untilMs: number }>();

  constructor(
    private readonly most: number,
    private readonly nowMs: () => number,
  ) {}

  /** What is known still, or is being asked. */
  get(key: string): Promise<T> | undefined {
    const known = this.entries.get(key);
    return known && known.untilMs > this.nowMs() ? known.value : undefined;
  }

  /** Keeps an answer that is on its way; one that fails is not kept. */
  keep(key: string, value: Promise<T>, keepMs: number): Promise<T> {
    const entry = { value, untilMs: Infinity };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > this.most) this.entries.delete(this.entries.keys().next().value ?? '');
    value.then(
      () => (entry.untilMs = this.nowMs() + keepMs),
      () => this.entries.get(key) === entry && this.entries.delete(key),
    );
    return value;
  }

  /** Whether there was an answer, however old. */
  has(key: string): boolean {
    return this.entries.has(key);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}

/** Lets so many through a second, and a burst. */
class Trickle {
  private left: number;
  private atMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly nowMs: () => number,
  ) {
    this.left = burst;
    this.atMs = nowMs();
  }

  take(): boolean {
    const nowMs = this.nowMs();
    this.left = Math.min(this.burst, this.left + ((nowMs - this.atMs) / 1000) * this.perSecond);
    this.atMs = nowMs;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }
}

const acceptedMs = 30_000;
const refusedMs = 10_000;
const allowedMs = 10_000;

/** How many tokens that were never accepted are asked about a second, and at once. */
const newTokens = { perSecond: 25, burst: 200 } as const;

/** Who may see what: every token is the hub cluster's to accept, and every read is the hub cluster's RBAC to decide. */
export class Access {
  /** Tokens that were accepted, and those that were not: a flood of the one kind does not push out the other. */
  private readonly accepted: Remembered<KubeUser>;
  private readonly refused: Remembered<undefined>;
  private readonly asked = new Map<string, Promise<KubeUser | undefined>>();
  private readonly strangers: Trickle;
  private readonly decisions: Remembered<boolean>;

  constructor(
    private readonly api: Pick<HubApi, 'reviewToken' | 'isAllowed'>,
    private readonly nowMs: () => number,
  ) {
    this.accepted = new Remembered(10_000, nowMs);
    this.refused = new Remembered(10_000, nowMs);
    this.decisions = new Remembered(50_000, nowMs);
    this.strangers = new Trickle(newTokens.perSecond, newTokens.burst, nowMs);
  }

  /**
   * @throws Problem 401 without a token that the hub cluster accepts, 429 where too many ask with tokens that were never accepted; KubeError where the
   * hub cluster can't be asked
   */
  async caller(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer ([\x21-\x7e]{1,16384})$/.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Problem(401, 'Unauthorized', 'a bearer token is needed, one that the hub cluster accepts');
    const user = await this.userOf(token);
    if (!user) throw new Problem(401, 'Unauthorized', 'the hub cluster does not accept the token');
    return { user, token };
  }

  private userOf(token: string): Promise<KubeUser | undefined> {
    // The token itself is not kept.
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.accepted.get(key) ?? this.refused.get(key) ?? this.asked.get(key);
    if (known) return known;
    // Whoever was let in before is not kept out by a flood of strangers.
    if (!this.accepted.has(key) && !this.strangers.take())
      throw new Problem(429, 'TooManyTokens', 'too many tokens that the hub cluster does not know: try again', [], 1);
    const asking = this.review(token, key).finally(() => this.asked.delete(key));
    this.asked.set(key, asking);
    return asking;
  }

  private async review(token: string, key: string): Promise<KubeUser | undefined> {
    const user = await this.api.reviewToken(token);
    if (user) return this.accepted.keep(key, Promise.resolve(user), acceptedMs);
    this.accepted.delete(key);
    return this.refused.keep(key, Promise.resolve(undefined), refusedMs);
  }

  /**
   * One object is asked about by its name where the caller may not see all of them: who may, asks about any number of them with one review.
   * @throws Problem 403
   */
  async require(caller: Caller, verb: ReadVerb, resource: ReadResource, { namespace, name }: ReadPlace = {}): Promise<void> {
    if (await this.may(caller, verb, resource, { namespace })) return;
    if (name !== undefined && (await this.may(caller, verb, resource, { namespace, name }))) return;
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
    const kind = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
    const what = name === undefined ? kind : `${kind} ${JSON.stringify(name)}`;
    throw new Problem(403, 'Forbidden', `user ${JSON.stringify(caller.user.username)} cannot ${verb} ${what} ${where}`);
  }

  /** Whether a caller may see all of it, in whatever namespace. */
  seesAll(caller: Caller, verb: ReadVerb, resource: ReadResource): Promise<boolean> {
    return this.may(caller, verb, resource);
  }

  /** What a caller may see: all of a list, or what is in the namespaces that they may read. It is asked anew every now and then. */
  sight<T>(
    caller: Caller,
    verb: ReadVerb,
    resource: ReadResource,
    namespaceOf: (item: T) => string,
  ): (item: T) => boolean | Promise<boolean> {
    const known = new Map<string, { readonly isSeen: boolean; readonly untilMs: number }>();
    return (item) => {
      const namespace = namespaceOf(item);
      const decision = known.get(namespace);
      if (decision && this.nowMs() < decision.untilMs) return decision.isSeen;
      return this.mayIn(caller, verb, resource, namespace).then((isSeen) => {
        known.set(namespace, { isSeen, untilMs: this.nowMs() + allowedMs });
        return isSeen;
      });
    };
  }

  private async mayIn(caller: Caller, verb: ReadVerb, resource: ReadResource, namespace: string): Promise<boolean> {
    return (await this.may(caller, verb, resource)) || (await this.may(caller, verb, resource, { namespace }));
  }

  private may({ user }: Caller, verb: ReadVerb, { group, resource }: ReadResource, { namespace, name }: ReadPlace = {}): Promise<boolean> {
    const place = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
    const attributes: AccessAttributes = { verb, group, resource, ...place };
    const key = JSON.stringify([user.username, user.uid, user.groups, user.extra, attributes]);
    return this.decisions.get(key) ?? this.decisions.keep(key, this.api.isAllowed(user, attributes), allowedMs);
  }
}
