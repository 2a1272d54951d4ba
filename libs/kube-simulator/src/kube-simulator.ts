import { randomUUID } from 'node:crypto';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

import { reviewers } from './auth/access-reviews.js';
import { Authenticator } from './auth/authenticator.js';
import { Authorizer } from './auth/authorizer.js';
import { TokenRegistry } from './auth/token-registry.js';
import type { TokenUser } from './auth/token-registry.js';
import { adminGroup } from './auth/user.js';
import { bootstrap } from './cluster/bootstrap.js';
import { Cluster } from './cluster/cluster.js';
import { NamespaceLifecycle } from './cluster/namespace-lifecycle.js';
import { Scheduler } from './clock/scheduler.js';
import { DefinitionLifecycle } from './custom/definition-lifecycle.js';
import { DiscoveryHandler } from './discovery/discovery-handler.js';
import { HealthHandler } from './discovery/health.js';
import { FaultEngine } from './faults/fault-engine.js';
import { writeKubeconfig } from './kubeconfig.js';
import { ObjectClient } from './object-client.js';
import type { ObjectInput } from './object-client.js';
import { OpenApiHandler } from './openapi/openapi-handler.js';
import { builtInResources } from './resources/built-in-resources.js';
import { Registry } from './resources/registry.js';
import type { Resource } from './resources/resource.js';
import { RequestLog } from './requests/request-log.js';
import { certificateSerial } from './server/certificates.js';
import type { CertificatePair, CertificateSubject } from './server/certificates.js';
import { HttpExchange } from './server/http-exchange.js';
import { PortListener } from './server/port-listener.js';
import type { ConnectionVerdict } from './server/port-listener.js';
import { processGateway } from './server/process-gateway.js';
import { ResourceHandler } from './server/resource-handler.js';
import { ReviewHandler } from './server/review-handler.js';
import { Router } from './server/router.js';
import type { TlsGateway } from './server/tls-gateway.js';
import type { KubeSimulatorOptions } from './simulator-options.js';
import { checkState, stateFormat } from './simulator-state.js';
import type { SimulatorState } from './simulator-state.js';
import { keyOf } from './store/stored-object.js';
import { ObjectStore } from './store/object-store.js';
import { ServiceAddresses } from './strategies/service/service-addresses.js';

/** One simulated cluster: a Kubernetes API server behind a TLS port of its own. */
export class KubeSimulator {
  readonly name: string;
  /** The objects of the cluster, without HTTP. */
  readonly objects: ObjectClient;
  /** What goes wrong with requests. */
  readonly faults: FaultEngine;
  /** What was asked. */
  readonly requests: RequestLog;
  private readonly scheduler: Scheduler;
  private readonly cluster: Cluster;
  private readonly tokens: TokenRegistry;
  private readonly authenticator: Authenticator;
  private readonly authorizer: Authorizer;
  private readonly addresses: ServiceAddresses;
  private readonly definitions: DefinitionLifecycle;
  private readonly namespaces: NamespaceLifecycle;
  private readonly listener: PortListener;
  private readonly router: Router;
  private readonly adminToken: string;
  private readonly host: string;

  private constructor(
    private readonly gateway: TlsGateway,
    options: KubeSimulatorOptions,
  ) {
    this.name = options.name ?? 'cluster';
    this.host = options.host ?? '127.0.0.1';
    this.scheduler = new Scheduler(options.nowMs);
    this.addresses = new ServiceAddresses(options.ipFamilies ?? ['IPv4']);
    const registry = new Registry(builtInResources(this.addresses));
    this.cluster = new Cluster(new ObjectStore(options.eventWindow ?? 1000), registry, this.scheduler, options.newUid ?? randomUUID);
    for (const resource of registry.all()) this.cluster.table(resource);
    this.faults = new FaultEngine(options.faultSeed ?? 1);
    this.requests = new RequestLog(options.requestLogSize ?? 1000);
    this.objects = new ObjectClient(this.cluster);
    this.tokens = new TokenRegistry(this.scheduler, gateway.authority.tokenKey.privateKey, (kind, namespace, name, uid) =>
      this.isThere(kind, namespace, name, uid),
    );
    this.authenticator = new Authenticator(this.tokens);
    this.authorizer = new Authorizer(this.cluster);
    this.definitions = new DefinitionLifecycle(
      this.cluster,
      builtIn(registry, 'apiextensions.k8s.io', 'customresourcedefinitions'),
      options.establishDelayMs ?? 20,
    );
    this.namespaces = new NamespaceLifecycle(this.cluster, builtIn(registry, '', 'namespaces'));
    this.adminToken = this.tokens.issue({ name: 'admin', groups: [adminGroup] });
    this.router = this.makeRouter(options);
    this.listener = new PortListener(
      gateway,
      this.host,
      options.port ?? 0,
      (request, response) => this.answer(request, response),
      () => this.judgeConnection(),
    );
    this.follow();
  }

  /**
   * Starts a cluster with nothing in it but what every new cluster has.
   * @throws Error with the code of the operating system where the port can't be had (EADDRINUSE, EACCES)
   */
  static async start(options: KubeSimulatorOptions = {}): Promise<KubeSimulator> {
    const simulator = new KubeSimulator(options.gateway ?? (await processGateway()), options);
    await simulator.listener.open();
    bootstrap(simulator.cluster, simulator.port);
    return simulator;
  }

  get port(): number {
    return this.listener.port;
  }

  get url(): string {
    return `https://${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.port}`;
  }

  /** The certificate of the authority, PEM. */
  get caCertificate(): string {
    return this.gateway.authority.certificatePem;
  }

  /** The UID of the namespace kube-system, by which a cluster is told from another. */
  get clusterUid(): string {
    return this.cluster.store.table('namespaces').get('kube-system')?.uid ?? '';
  }

  /** The latest resourceVersion. */
  get resourceVersion(): string {
    return String(this.cluster.store.revision);
  }

  /** How many watches are open. */
  get watchCount(): number {
    return this.cluster.watches.size;
  }

  /** Whether it listens; not while it is suspended. */
  get isListening(): boolean {
    return this.listener.isListening;
  }

  /** A kubeconfig for kubectl and clients, YAML, with the CA and a bearer token in it and one context named after the cluster. */
  kubeconfig(user: { readonly token: string } | 'admin' = 'admin'): string {
    const token = user === 'admin' ? this.adminToken : user.token;
    return writeKubeconfig({
      name: this.name,
      server: this.url,
      caPem: this.caCertificate,
      user: user === 'admin' ? 'admin' : 'user',
      token,
    });
  }

  /** A bearer token for a user. */
  issueToken(user: TokenUser): string {
    return this.tokens.issue(user);
  }

  /** Makes a given token that of a user. */
  registerToken(token: string, user: TokenUser): void {
    this.tokens.register(token, user);
  }

  revokeToken(token: string): void {
    this.tokens.revoke(token);
  }

  /** A client certificate for a user, good for this cluster alone. */
  async issueCertificate(subject: CertificateSubject): Promise<CertificatePair> {
    const pair = await this.gateway.authority.issueClient(subject);
    this.authenticator.trustCertificate(certificateSerial(pair));
    return pair;
  }

  /**
   * Creates CustomResourceDefinitions, and waits until what they define is served.
   * @throws ApiError where a definition is not valid, or is there already
   */
  async installDefinitions(definitions: readonly ObjectInput[]): Promise<void> {
    for (const definition of definitions) this.objects.create(definition, { fieldValidation: 'Warn' });
    await Promise.all(definitions.map(async ({ metadata }) => this.definitions.whenServed(metadata.name ?? '')));
  }

  /** Goes, as a machine that loses its power: the port is closed and every connection cut; the state stays. */
  async suspend(options: { readonly graceful?: boolean } = {}): Promise<void> {
    if (options.graceful === true) {
      this.endWatches();
      await this.gateway.closeSessions(this.port);
    }
    await this.listener.close();
  }

  /** Comes back on the same port with the same state. */
  async resume(): Promise<void> {
    await this.listener.open();
  }

  /** Ends for good. */
  async stop(): Promise<void> {
    this.definitions.stop();
    this.namespaces.stop();
    await this.listener.close();
    for (const watch of this.cluster.watches) watch.end();
    this.scheduler.stop();
  }

  /** Cuts every connection; new ones are accepted. */
  cutConnections(): void {
    this.listener.cutConnections();
  }

  /** Moves the cluster's clock ahead: tokens expire, bookmarks come, watches end. */
  advanceClock(byMs: number): void {
    this.scheduler.advance(byMs);
  }

  /** Does what is due by the cluster's clock, now. Needed only with an injected clock, and only to save 50 ms. */
  tick(): void {
    this.scheduler.tick();
  }

  /** Sends a bookmark to every watch that wants any. */
  sendBookmarks(): void {
    for (const watch of this.cluster.watches) watch.sendBookmark();
  }

  /** Ends every watch cleanly, as a server that is restarted. */
  endWatches(): void {
    for (const watch of this.cluster.watches) watch.end();
  }

  /** Forgets the past: older resourceVersions and `continue` tokens get 410. */
  compact(): void {
    this.cluster.store.compact();
  }

  /** Lets the resourceVersion jump, as writes of neighbours in a shared etcd do. */
  advanceResourceVersion(by: number): void {
    this.cluster.store.advance(by);
  }

  /** A backup. */
  checkpoint(): SimulatorState {
    return {
      format: stateFormat,
      clusterUid: this.clusterUid,
      takenAtMs: this.scheduler.nowMs(),
      store: this.cluster.store.checkpoint(),
    };
  }

  /**
   * Goes back to a backup, as etcd does while the API server is stopped: objects and resourceVersions are those of then, open watches end, and
   * resourceVersions from after the backup lie in the future.
   * @throws Error where it is no backup
   */
  restore(state: SimulatorState): void {
    checkState(state);
    this.cluster.store.restore(state.store);
    this.addresses.clear();
    for (const stored of this.cluster.store.table('services').list('')) this.addresses.follow(stored.key, stored);
    this.authorizer.reload();
    this.definitions.rebuild();
    this.namespaces.rebuild();
    this.endWatches();
  }

  private follow(): void {
    const services = builtIn(this.cluster.registry, '', 'services');
    this.cluster.addListener({
      onStored: (resource, key, stored) => {
        if (resource === services) this.addresses.follow(key, stored);
      },
    });
    this.cluster.addListener(this.authorizer);
    this.cluster.addListener(this.definitions);
    this.cluster.addListener(this.namespaces);
  }

  private makeRouter(options: KubeSimulatorOptions): Router {
    const times = {
      resourceVersionWaitMs: options.resourceVersionWaitMs ?? 3000,
      bookmarkIntervalMs: options.bookmarkIntervalMs ?? 60_000,
      minWatchMs: options.minWatchMs ?? 1_800_000,
    };
    const { authenticator, authorizer, cluster } = this;
    return new Router({
      authenticator,
      authorizer,
      registry: cluster.registry,
      resources: new ResourceHandler(cluster, authorizer, times),
      virtual: new ReviewHandler(cluster, this.tokens, reviewers(authenticator, authorizer)),
      paths: [
        new DiscoveryHandler(cluster.registry, () => `${this.host}:${this.port}`),
        new HealthHandler(),
        new OpenApiHandler(cluster.registry, () => this.scheduler.nowMs()),
      ],
      faults: this.faults,
      requests: this.requests,
      nowMs: () => this.scheduler.nowMs(),
      reset: (exchange) => this.listener.reset(exchange.request.socket.remotePort),
      flowControl: {
        exempt: { flowSchemaUid: randomUUID(), priorityLevelUid: randomUUID() },
        others: { flowSchemaUid: randomUUID(), priorityLevelUid: randomUUID() },
      },
    });
  }

  private answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
    void this.router.route(new HttpExchange(request, response, () => this.scheduler.nowMs()));
  }

  private judgeConnection(): ConnectionVerdict {
    this.requests.addConnection();
    const effect = this.faults.choose({ verb: 'connect', resource: '', namespace: '', user: '' });
    if (effect?.kind === 'hang') return { kind: 'hang' };
    if (effect?.kind === 'slow') return { kind: 'slow', delayMs: effect.delayMs };
    return effect === undefined ? { kind: 'accept' } : { kind: 'reset' };
  }

  private isThere(kind: string, namespace: string, name: string, uid: string): boolean {
    const resource = this.cluster.registry.findKind('v1', kind);
    if (resource === undefined) return false;
    return this.cluster.table(resource).get(keyOf(resource.isNamespaced ? namespace : '', name))?.uid === uid;
  }
}

function builtIn(registry: Registry, group: string, plural: string): Resource {
  const resource = registry.find(group, 'v1', plural);
  if (resource === undefined) throw new Error(`no built-in resource ${plural}.${group}`);
  return resource;
}
