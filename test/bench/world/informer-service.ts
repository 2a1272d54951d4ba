import { setTimeout as sleep } from 'node:timers/promises';
import {
  CoreV1Api,
  CustomObjectsApi,
  DiscoveryV1Api,
  KubeConfig,
  makeInformer,
  type Informer,
  type KubernetesListObject,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { monotonicMs } from '../measure/clock.js';
import { serve } from './serve.js';

/** A change as the informers told of it. */
export interface HeardChange {
  readonly cluster: number;
  readonly name: string;
  readonly atMs: number;
}

const group = 'application-networking.k8s.aws';
const retryMs = 1000;

/** The yardstick: every member followed by the informers of @kubernetes/client-node, as its documentation says, and nothing else. */
export class InformerService {
  private readonly informers: Informer<KubernetesObject>[] = [];
  private readonly heard: HeardChange[] = [];
  private nowMs: () => number = Date.now;
  private objects = 0;
  private isHearing = false;

  /** Starts the informers. @returns the ms until every cluster was read, and how many objects there are */
  async start(kubeconfigs: readonly string[], epochMs: number): Promise<{ readonly ms: number; readonly objects: number }> {
    this.nowMs = monotonicMs(epochMs);
    const beganMs = performance.now();
    await Promise.all(kubeconfigs.map((kubeconfig, i) => this.follow(kubeconfig, i + 1)));
    return { ms: performance.now() - beganMs, objects: this.objects };
  }

  /** Begins to note changes anew. */
  listen(): void {
    this.heard.length = 0;
    this.isHearing = true;
  }

  changes(): readonly HeardChange[] {
    return this.heard;
  }

  private async follow(kubeconfig: string, cluster: number): Promise<void> {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const discovery = config.makeApiClient(DiscoveryV1Api);
    const custom = config.makeApiClient(CustomObjectsApi);
    const customList = (plural: string) => async () =>
      (await custom.listClusterCustomObject({ group, version: 'v1alpha1', plural })) as KubernetesListObject<KubernetesObject>;
    await Promise.all([
      this.inform(config, '/api/v1/services', () => core.listServiceForAllNamespaces(), cluster),
      this.inform(config, '/apis/discovery.k8s.io/v1/endpointslices', () => discovery.listEndpointSliceForAllNamespaces(), cluster),
      this.inform(config, `/apis/${group}/v1alpha1/serviceexports`, customList('serviceexports'), cluster),
      this.inform(config, `/apis/${group}/v1alpha1/targetgrouppolicies`, customList('targetgrouppolicies'), cluster),
    ]);
  }

  private async inform(
    config: KubeConfig,
    path: string,
    list: () => Promise<KubernetesListObject<KubernetesObject>>,
    cluster: number,
  ): Promise<void> {
    const informer = makeInformer(config, path, list);
    informer.on('add', () => this.objects++);
    informer.on('update', (object) => this.hear(object, cluster));
    // It is dead after an error, until it is started again.
    informer.on('error', () => void sleep(retryMs).then(() => informer.start().catch(() => undefined)));
    this.informers.push(informer);
    await informer.start();
  }

  private hear(object: KubernetesObject, cluster: number): void {
    if (this.isHearing) this.heard.push({ cluster, name: object.metadata?.name ?? '', atMs: this.nowMs() });
  }
}

if (process.send) serve(new InformerService());
