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

export type ReadVerb = 'get' | 'list' | 'watch';

/** Answers of the hub cluster, kept for a moment and bounded, so that a flood of requests is no flood of reviews. */
class Remembered<T> {
  private readonly entries = new Map<string, { readonly value: Promise<T>; untilMs: number }>();

  constructor(
    private readonly most: number,
    private readonly nowMs: () => number,
  ) {}

  get(key: string, keepMs: (value: T) => number, ask: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    if (known && known.untilMs > this.nowMs()) return known.value;
    const value = ask();
    const entry = { value, untilMs: Infinity };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > this.most) this.entries.delete(this.entries.keys().next().value ?? '');
    value.then(
      (answer) => (entry.untilMs = this.nowMs() + keepMs(answer)),
      () => this.entries.get(key) === entry && this.entries.delete(key),
    );
    return value;
  }
}

const acceptedMs = 30_000;
const refusedMs = 10_000;
const allowedMs = 10_000;

/** Who may see what: every token is the hub cluster's to accept, and every read is the hub cluster's RBAC to decide. */
export class Access {
  private readonly users: Remembered<KubeUser | undefined>;
  private readonly decisions: Remembered<boolean>;

  constructor(
    private readonly api: HubApi,
    nowMs: () => number,
  ) {
    this.users = new Remembered(10_000, nowMs);
    this.decisions = new Remembered(50_000, nowMs);
  }

  /** @throws Problem 401 without a token that the hub cluster accepts; KubeError where it can't be asked */
  async caller(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer ([\x21-\x7e]{1,16384})$/.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Problem(401, 'Unauthorized', 'a bearer token is needed, one that the hub cluster accepts');
    // The token itself is not kept.
    const key = createHash('sha256').update(token).digest('base64');
    const user = await this.users.get(
      key,
      (known) => (known ? acceptedMs : refusedMs),
      () => this.api.reviewToken(token),
    );
    if (!user) throw new Problem(401, 'Unauthorized', 'the hub cluster does not accept the token');
    return { user, token };
  }

  /** @throws Problem 403 */
  async require(caller: Caller, verb: ReadVerb, resource: ReadResource, namespace?: string): Promise<void> {
    if (await this.may(caller, verb, resource, namespace)) return;
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
    const what = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
    throw new Problem(403, 'Forbidden', `user ${JSON.stringify(caller.user.username)} cannot ${verb} ${what} ${where}`);
  }

  /** The items that a caller may see: all of them, or those of the namespaces that they may read. */
  async visible<T>(
    caller: Caller,
    verb: ReadVerb,
    resource: ReadResource,
    items: readonly T[],
    namespaceOf: (item: T) => string,
  ): Promise<readonly T[]> {
    if (await this.may(caller, verb, resource)) return items;
    const namespaces = [...new Set(items.map(namespaceOf))];
    const allowed = await Promise.all(namespaces.map((namespace) => this.may(caller, verb, resource, namespace)));
    const seen = new Set(namespaces.filter((_, i) => allowed[i]));
    return items.filter((item) => seen.has(namespaceOf(item)));
  }

  private may({ user }: Caller, verb: ReadVerb, { group, resource }: ReadResource, namespace?: string): Promise<boolean> {
    const attributes: AccessAttributes = { verb, group, resource, ...(namespace !== undefined && { namespace }) };
    const key = JSON.stringify([user.username, user.uid, user.groups, user.extra, attributes]);
    return this.decisions.get(
      key,
      () => allowedMs,
      () => this.api.isAllowed(user, attributes),
    );
  }
}
