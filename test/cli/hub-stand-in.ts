import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeconfigError, readMemberKubeconfig } from '@hub/kube';
import { parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { invalidInput, Problem } from '../../apps/hub/src/door/problem.js';
import {
  Acknowledgement,
  ClusterChange,
  ClusterRegistration,
  ClusterView,
  DetachPreview,
  EventView,
  ExportView,
  HubAcknowledgement,
  HubView,
  listOf,
  PolicyView,
  TargetGroupView,
  WithheldView,
} from '../../apps/hub/src/door/views.js';

import type { SelfSigned } from './self-signed.js';

type Cluster = z.infer<typeof ClusterView>;

/** What was asked of the hub. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** A watch that is being read. */
export interface OpenWatch {
  readonly url: URL;
  send(...lines: readonly { readonly type: string; readonly object: unknown }[]): void;
  end(): void;
  /** Breaks the connection off. */
  breakOff(): void;
}

interface Call {
  readonly url: URL;
  readonly body: string;
}

/**
 * The hub's REST API over a state that a test sets: its bodies are checked by the hub's own schemas, its answers too, and what goes wrong is told
 * as the hub tells it.
 */
export class HubStandIn {
  readonly clusters = new Map<string, Cluster>();
  /** The kubeconfigs that were registered, by cluster. */
  readonly kubeconfigs = new Map<string, string>();
  hubCluster: z.infer<typeof HubView> = { snapshot: 'hub.lattice-hub.io', holds: [] };
  exports: z.infer<typeof ExportView>[] = [];
  policies: z.infer<typeof PolicyView>[] = [];
  targetGroups: z.infer<typeof TargetGroupView>[] = [];
  events: z.infer<typeof EventView>[] = [];
  plan: z.infer<typeof WithheldView>[] = [];
  losesPolicy: z.infer<typeof DetachPreview>['losesPolicy'] = [];
  readonly requests: SeenRequest[] = [];
  readonly watches: OpenWatch[] = [];
  /** What a newly registered cluster comes to, look by look; the last stays. */
  joining: readonly Cluster['status'][] = [];
  /** Paths that nobody may read. */
  readonly forbidden = new Set<string>();
  /** Answers in place of the API. */
  interference: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  private readonly looks = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: 'http' | 'https',
  ) {}

  /** Starts one on a free port of loopback; over TLS where it is given a certificate. */
  static async start(certificate?: SelfSigned): Promise<HubStandIn> {
    const server = certificate ? createTlsServer(certificate) : createServer();
    const hub = new HubStandIn(server, certificate ? 'https' : 'http');
    server.on('request', (request, response) => void hub.serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return hub;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.requests.push({ method: request.method ?? '', url: request.url ?? '', contentType: request.headers['content-type'], body });
    if (this.interference) {
      this.interference(request, response);
      return;
    }
    try {
      const call = { url: new URL(request.url ?? '', this.url), body };
      admit(request);
      if (this.forbidden.has(call.url.pathname)) throw new Problem(403, 'Forbidden', `user "operator" cannot list ${call.url.pathname}`);
      if (call.url.searchParams.get('watch') === '1') this.openWatch(call.url, response);
      else answer(response, this.statusOf(request.method), this.route(`${request.method} ${call.url.pathname}`, call));
    } catch (error) {
      refuse(response, error);
    }
  }

  private statusOf(method: string | undefined): number {
    return method === 'GET' ? 200 : 202;
  }

  private route(endpoint: string, call: Call): unknown {
    const [, verb, name = '', below] = /^(GET|POST|PATCH|DELETE) \/api\/v1\/clusters\/([^/]+)(\/[a-z-]+)?$/.exec(endpoint) ?? [];
    if (verb) return this.routeCluster(`${verb}${below ?? ''}`, name, call);
    switch (endpoint) {
      case 'GET /api/v1/clusters':
        return listOf(ClusterView).parse({ items: [...this.clusters.values()] });
      case 'POST /api/v1/clusters':
        return this.register(bodyOf(ClusterRegistration, call));
      case 'GET /api/v1/hub':
        return HubView.parse(this.hubCluster);
      case 'POST /api/v1/hub/acknowledgement':
        return this.acknowledgeHub(bodyOf(HubAcknowledgement, call).id);
      case 'GET /api/v1/exports':
        return listOf(ExportView).parse({ items: matching(call.url, this.exports, (item) => item) });
      case 'GET /api/v1/policies':
        return listOf(PolicyView).parse({
          items: matching(call.url, this.policies, (item) => item),
        });
      case 'GET /api/v1/target-groups':
        return listOf(TargetGroupView).parse({ items: matching(call.url, this.targetGroups, (item) => ({ ...item, name: item.export })) });
      case 'GET /api/v1/events':
        return listOf(EventView).parse({ items: matching(call.url, this.events, (item) => ({ ...item, cluster: item.name })) });
      case 'POST /api/v1/apply':
        return apply(call);
      default:
        throw new Problem(404, 'NotFound', `Cannot ${endpoint}`);
    }
  }

  private routeCluster(endpoint: string, name: string, call: Call): unknown {
    const cluster = this.clusters.get(name);
    if (!cluster) throw new Problem(404, 'NotFound', `there is no MemberCluster ${JSON.stringify(name)}`);
    switch (endpoint) {
      case 'GET':
        return ClusterView.parse(this.look(cluster));
      case 'GET/plan':
        return listOf(WithheldView).parse({ items: this.plan.filter((step) => step.cluster === name) });
      case 'GET/detach-preview':
        return this.preview(cluster, call);
      case 'PATCH':
        return this.change(cluster, bodyOf(ClusterChange, call));
      case 'DELETE':
        this.clusters.delete(name);
        return { name };
      case 'POST/acknowledgement':
        return this.acknowledge(cluster, bodyOf(Acknowledgement, call).id);
      default:
        throw new Problem(404, 'NotFound', `Cannot ${endpoint}`);
    }
  }

  private register({ name, kubeconfig, aws, ...rest }: ClusterRegistration): unknown {
    readMemberKubeconfig(kubeconfig);
    if (this.clusters.has(name)) throw new Problem(409, 'AlreadyExists', `memberclusters.lattice-hub.io "${name}" already exists`);
    if (aws.externalId === undefined)
      throw new Problem(422, 'ExternalIdRequired', 'spec.aws.externalId is required for a role outside of the own account of the hub');
    this.kubeconfigs.set(name, kubeconfig);
    const kubeconfigSecretRef = { name: `${name}-kubeconfig`, key: 'kubeconfig' };
    const { policyScope = 'Fleet', onDetach = 'Keep', paused = false, ...named } = rest;
    const spec = { kubeconfigSecretRef, mode: 'Hub', policyScope, paused, onDetach, ...named, aws } as const;
    this.clusters.set(name, { name, spec, status: {}, heldBy: null });
    return { name };
  }

  private change(cluster: Cluster, { kubeconfig, ...spec }: ClusterChange): unknown {
    if (kubeconfig !== undefined) {
      readMemberKubeconfig(kubeconfig);
      this.kubeconfigs.set(cluster.name, kubeconfig);
    }
    Object.assign(cluster.spec, spec);
    return { name: cluster.name };
  }

  private acknowledge(cluster: Cluster, id: string): unknown {
    const withheld = cluster.status['withheld'] as { acknowledgementId?: string } | undefined;
    if (withheld?.acknowledgementId !== id)
      throw new Problem(
        409,
        'Conflict',
        'something else is withheld now than what this id stands for: look again, and acknowledge what you see',
      );
    cluster.status = { ...cluster.status, withheld: undefined };
    return { name: cluster.name };
  }

  private acknowledgeHub(id: string): unknown {
    if (this.hubCluster.acknowledgementId !== id)
      throw new Problem(
        409,
        'Conflict',
        'something else is held now than what this id stands for: look again, and acknowledge what you see',
      );
    this.hubCluster = { snapshot: this.hubCluster.snapshot, holds: [] };
    return { name: this.hubCluster.snapshot };
  }

  private preview({ name, spec }: Cluster, { url }: Call): unknown {
    const declared = spec['onDetach'] === 'Remove' ? 'Remove' : 'Keep';
    const targetGroups = this.targetGroups.filter((group) => group.cluster === name).map((group) => group.name);
    const onDetach = url.searchParams.get('onDetach') ?? declared;
    return DetachPreview.parse({ cluster: name, onDetach, targetGroups, losesPolicy: this.losesPolicy });
  }

  /** A cluster that was registered comes further with every look. */
  private look(cluster: Cluster): Cluster {
    const look = this.looks.get(cluster.name) ?? 0;
    this.looks.set(cluster.name, look + 1);
    const status = this.joining[Math.min(look, this.joining.length - 1)];
    return this.kubeconfigs.has(cluster.name) && status ? { ...cluster, status } : cluster;
  }

  private openWatch(url: URL, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    this.watches.push({
      url,
      send: (...lines) => void response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
      end: () => void response.end(),
      breakOff: () => void response.destroy(),
    });
  }
}

/** The tokens that the stand-in knows: one may do anything, one nothing. */
export const tokens = { operator: 'token-of-the-operator', stranger: 'token-of-a-stranger' } as const;

function admit(request: IncomingMessage): void {
  const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === tokens.stranger)
    throw new Problem(403, 'Forbidden', 'user "stranger" cannot list memberclusters.lattice-hub.io at the cluster scope');
  if (token !== tokens.operator) throw new Problem(401, 'Unauthorized', `the hub cluster does not accept the token ${token}`);
}

function bodyOf<T>(schema: z.ZodType<T>, { body }: Call): T {
  const parsed = schema.safeParse(JSON.parse(body));
  if (!parsed.success) throw invalidInput(parsed.error.issues);
  return parsed.data;
}

function matching<T>(url: URL, items: readonly T[], of: (item: T) => Readonly<Record<string, unknown>>): readonly T[] {
  const asked = ['cluster', 'namespace', 'name'].map((field) => [field, url.searchParams.get(field)] as const);
  return items.filter((item) => asked.every(([field, value]) => value === null || of(item)[field] === value));
}

function apply({ url, body }: Call): unknown {
  const namespace = url.searchParams.get('namespace') ?? 'default';
  const objects = [...parseAllDocuments(body)].map(
    (document) => document.toJS() as { kind: string; metadata: { name: string; namespace?: string } },
  );
  const stranger = objects.find(({ kind }) => kind !== 'TargetGroupPolicy' && kind !== 'MemberCluster');
  if (stranger)
    throw new Problem(422, 'NotAppliable', `v1 ${stranger.kind} is not applied here; use kubectl`, [
      { field: 'kind', fix: 'must be one of TargetGroupPolicy, MemberCluster' },
    ]);
  return { items: objects.map(({ kind, metadata }) => ({ kind, namespace: metadata.namespace ?? namespace, name: metadata.name })) };
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}

/** As the hub's own filter tells it. */
function refuse(response: ServerResponse, error: unknown): void {
  const problem =
    error instanceof Problem
      ? error
      : error instanceof KubeconfigError
        ? new Problem(400, 'KubeconfigRefused', error.message, [{ field: error.field, fix: error.fix }])
        : new Problem(500, 'InternalError', String(error));
  response.writeHead(problem.status, { 'content-type': 'application/problem+json; charset=utf-8' }).end(JSON.stringify(problem));
}
