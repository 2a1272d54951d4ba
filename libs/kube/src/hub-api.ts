import type https from 'node:https';
import {
  AuthenticationV1Api,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  createConfiguration,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  ServerConfiguration,
  type Configuration,
  type KubernetesObject,
  type RequestContext,
  type SecurityAuthentication,
  type V1ConfigMap,
  type V1Lease,
  type V1Secret,
} from '@kubernetes/client-node';
import { Agent } from 'undici';
import type { ApiEndpoint } from './api-endpoint.js';
import { errorOfAnswer, errorOfSocket, KubeError } from './kube-error.js';

/** How long a call may take, in ms. */
export interface HubApiTimeouts {
  readonly call: number;
  /** A call about a Lease: short, so that another one can be made before the Lease ends. They have connections of their own. */
  readonly lease: number;
}

/** A user as the hub cluster knows them. */
export interface KubeUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What a user wants to do, for a SubjectAccessReview. */
export interface AccessAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  /** The one object that is asked about: a rule with resourceNames allows no more. */
  readonly name?: string;
}

/**
 * The TLS of the hub's configuration, with its own identity or with a caller's token alone: then no client certificate goes along. All calls
 * share one pool of connections; the library by itself would make a new one for each.
 */
class PooledAuthentication implements SecurityAuthentication {
  constructor(
    private readonly config: KubeConfig,
    private readonly pools: Map<string, Agent>,
    private readonly purpose: keyof HubApiTimeouts,
    private readonly callerToken?: string,
  ) {}

  getName(): string {
    return 'pooled';
  }

  async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const { ca, cert, key, authorization } = await credentialsOf(this.config);
    const isOwn = this.callerToken === undefined;
    const header = isOwn ? authorization : `Bearer ${this.callerToken}`;
    if (header !== undefined) context.setHeaderParam('Authorization', header);
    const servername = this.config.getCurrentCluster()?.tlsServerName;
    context.setDispatcher(
      this.pool({
        ...(ca !== undefined && { ca }),
        ...(servername && { servername }),
        ...(isOwn && cert !== undefined && key !== undefined && { cert, key }),
      }),
    );
  }

  private pool(connect: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string }): Agent {
    const id = JSON.stringify([this.purpose, connect]);
    let pool = this.pools.get(id);
    // A call that is given up takes its HTTP/1.1 connection with it. Over HTTP/2 a dead connection would stay, and every call after it would wait.
    // None is kept for longer than undici's 4 s: what is sent in the moment in which a server closes an idle connection is lost.
    if (!pool) this.pools.set(id, (pool = new Agent({ connect, connections: 8, allowH2: false })));
    return pool;
  }
}

interface OwnCredentials {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly authorization?: string;
}

/** What the operator's kubeconfig, or the pod's files, say now: a pod's token is renewed in its file. */
async function credentialsOf(config: KubeConfig): Promise<OwnCredentials> {
  const options: https.RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const authorization = (options.headers as Record<string, string>)['Authorization'];
  return {
    ...(options.ca !== undefined && { ca: String(options.ca) }),
    ...(options.cert !== undefined && { cert: String(options.cert) }),
    ...keyOf(options.key),
    ...(authorization !== undefined && { authorization }),
  };
}

function keyOf(key: https.RequestOptions['key']): Pick<OwnCredentials, 'key'> {
  return typeof key === 'string' || Buffer.isBuffer(key) ? { key: key.toString() } : {};
}

/** Gives every call a deadline; the library has none. */
class BoundedHttp extends IsomorphicFetchHttpLibrary {
  constructor(private readonly timeoutMs: number) {
    super();
  }

  override send(request: RequestContext): ReturnType<IsomorphicFetchHttpLibrary['send']> {
    const given = request.getSignal();
    const deadline = AbortSignal.timeout(this.timeoutMs);
    request.setSignal(given ? AbortSignal.any([given, deadline]) : deadline);
    return super.send(request);
  }
}

const noKubeconfig =
  'KUBECONFIG is not set, and this is no pod with a ServiceAccount: set it to the file of a kubeconfig of the hub cluster';

/**
 * The calls to the hub's own cluster, the one that an operator configured: with the hub's identity, or with a caller's token and nothing of the
 * hub's own. All of them throw {@link KubeError}.
 */
export class HubApi {
  private readonly pools = new Map<string, Agent>();
  private readonly core: CoreV1Api;
  private readonly coordination: CoordinationV1Api;
  private readonly authentication: AuthenticationV1Api;
  private readonly authorization: AuthorizationV1Api;

  private constructor(
    private readonly config: KubeConfig,
    private readonly timeouts: HubApiTimeouts,
  ) {
    const own = this.configuration();
    this.core = new CoreV1Api(own);
    this.coordination = new CoordinationV1Api(this.configuration(undefined, 'lease'));
    this.authentication = new AuthenticationV1Api(own);
    this.authorization = new AuthorizationV1Api(own);
  }

  /**
   * By KUBECONFIG's file where one is named, else as a pod of the cluster.
   * @throws Error where neither leads to a cluster
   */
  static load(kubeconfigPath: string | undefined, timeouts: HubApiTimeouts): HubApi {
    const config = new KubeConfig();
    try {
      if (kubeconfigPath !== undefined) config.loadFromFile(kubeconfigPath);
      else config.loadFromCluster();
    } catch (error) {
      throw new Error(kubeconfigPath === undefined ? noKubeconfig : `KUBECONFIG ${kubeconfigPath} can't be read as a kubeconfig`, {
        cause: error,
      });
    }
    const server = config.getCurrentCluster()?.server;
    if (server === undefined || !URL.canParse(server)) {
      throw new Error(
        kubeconfigPath === undefined
          ? noKubeconfig
          : `KUBECONFIG ${kubeconfigPath} has no current context with a cluster and its server: set its current-context`,
      );
    }
    return new HubApi(config, timeouts);
  }

  /** The namespace of the current context, where it names one. */
  get contextNamespace(): string | undefined {
    return this.config.getContextObject(this.config.getCurrentContext())?.namespace;
  }

  /** What the hub's own list+watch connects to. The token is read anew each time, because a pod's is renewed in its file. */
  async endpoint(): Promise<ApiEndpoint> {
    const cluster = this.config.getCurrentCluster();
    const { ca, cert, key, authorization } = await credentialsOf(this.config);
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    return {
      server: new URL(cluster?.server ?? ''),
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(cluster?.tlsServerName && { serverName: cluster.tlsServerName }),
      ...(token !== undefined && { token }),
    };
  }

  // --- who asks, and may they ----------------------------------------------------------------------------------------------------------------

  /** The user behind a token, or undefined where the hub cluster does not accept it. */
  async reviewToken(token: string): Promise<KubeUser | undefined> {
    const review = await this.call(() => this.authentication.createTokenReview({ body: { spec: { token } } }));
    const { authenticated, user } = review.status ?? {};
    if (!authenticated || !user?.username) return undefined;
    return {
      username: user.username,
      groups: user.groups ?? [],
      ...(user.uid && { uid: user.uid }),
      ...(user.extra && { extra: user.extra }),
    };
  }

  async isAllowed(user: KubeUser, attributes: AccessAttributes): Promise<boolean> {
    const spec = {
      user: user.username,
      groups: [...user.groups],
      ...(user.uid !== undefined && { uid: user.uid }),
      ...(user.extra && { extra: Object.fromEntries(Object.entries(user.extra).map(([k, v]) => [k, [...v]])) }),
      resourceAttributes: { ...attributes },
    };
    const review = await this.call(() => this.authorization.createSubjectAccessReview({ body: { spec } }));
    return review.status?.allowed === true;
  }

  // --- the hub's own objects ---------------------------------------------------------------------------------------------------------------

  async namespaceUid(name: string): Promise<string> {
    const namespace = await this.call(() => this.core.readNamespace({ name }));
    if (!namespace.metadata?.uid) throw new KubeError('malformed', `namespace ${name} has no UID`);
    return namespace.metadata.uid;
  }

  async getLease(namespace: string, name: string): Promise<V1Lease | undefined> {
    return this.found(() => this.coordination.readNamespacedLease({ namespace, name }));
  }

  async createLease(namespace: string, lease: V1Lease): Promise<V1Lease> {
    return this.call(() => this.coordination.createNamespacedLease({ namespace, body: lease }));
  }

  /** Writes a Lease whole; its resourceVersion makes sure that nobody else wrote since. */
  async replaceLease(namespace: string, name: string, lease: V1Lease): Promise<V1Lease> {
    return this.call(() => this.coordination.replaceNamespacedLease({ namespace, name, body: lease }));
  }

  /** Deletes a Lease, if it is there. With a resourceVersion, only where nobody wrote it since. */
  async deleteLease(namespace: string, name: string, resourceVersion?: string): Promise<void> {
    const body = resourceVersion === undefined ? undefined : { preconditions: { resourceVersion } };
    await this.found(() => this.coordination.deleteNamespacedLease({ namespace, name, ...(body && { body }) }));
  }

  async getConfigMap(namespace: string, name: string): Promise<V1ConfigMap | undefined> {
    return this.found(() => this.core.readNamespacedConfigMap({ namespace, name }));
  }

  async createConfigMap(namespace: string, configMap: V1ConfigMap): Promise<V1ConfigMap> {
    return this.call(() => this.core.createNamespacedConfigMap({ namespace, body: configMap }));
  }

  async replaceConfigMap(namespace: string, name: string, configMap: V1ConfigMap): Promise<V1ConfigMap> {
    return this.call(() => this.core.replaceNamespacedConfigMap({ namespace, name, body: configMap }));
  }

  async getSecret(namespace: string, name: string): Promise<V1Secret | undefined> {
    return this.found(() => this.core.readNamespacedSecret({ namespace, name }));
  }

  // --- with a caller's token ---------------------------------------------------------------------------------------------------------------

  /** Creates or changes an object by server-side apply, as the caller. */
  async applyAs(
    token: string,
    object: KubernetesObject,
    options: { readonly fieldManager: string; readonly isDryRun: boolean },
  ): Promise<KubernetesObject> {
    const dryRun = options.isDryRun ? 'All' : undefined;
    const api = this.objectsAs(token);
    return this.call(() => api.patch(object, undefined, dryRun, options.fieldManager, true, PatchStrategy.ServerSideApply));
  }

  async createAs(token: string, object: KubernetesObject, fieldManager: string): Promise<KubernetesObject> {
    return this.call(() => this.objectsAs(token).create(object, undefined, undefined, fieldManager));
  }

  /** Changes what the patch names and nothing else, as the caller. */
  async mergePatchAs(token: string, patch: KubernetesObject, fieldManager: string): Promise<KubernetesObject> {
    return this.call(() => this.objectsAs(token).patch(patch, undefined, undefined, fieldManager, undefined, PatchStrategy.MergePatch));
  }

  async deleteAs(token: string, object: KubernetesObject): Promise<void> {
    await this.call(() => this.objectsAs(token).delete(object));
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
    this.pools.clear();
  }

  private objectsAs(token: string): KubernetesObjectApi {
    return new CallerObjectApi(this.configuration(token));
  }

  private configuration(callerToken?: string, purpose: keyof HubApiTimeouts = 'call'): Configuration {
    const authentication = new PooledAuthentication(this.config, this.pools, purpose, callerToken);
    return createConfiguration({
      baseServer: new ServerConfiguration(this.config.getCurrentCluster()?.server ?? '', {}),
      authMethods: { default: authentication },
      httpApi: new BoundedHttp(this.timeouts[purpose]),
    });
  }

  private async found<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.call(act);
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'notFound') return undefined;
      throw error;
    }
  }

  private async call<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw errorOfClient(error);
    }
  }
}

/** The library keeps this constructor to itself and its factories. */
class CallerObjectApi extends KubernetesObjectApi {}

function errorOfClient(error: unknown): KubeError {
  const { code, body, headers, cause } = (error ?? {}) as {
    readonly code?: unknown;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
    readonly cause?: unknown;
  };
  // A call that took too long ends with a DOMException, whose code is a number too.
  if (typeof code !== 'number' || error instanceof DOMException) return errorOfSocket(cause ?? error);
  return errorOfAnswer(code, headers ?? {}, typeof body === 'string' ? body : JSON.stringify(body));
}
