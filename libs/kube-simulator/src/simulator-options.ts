import type { TlsGateway } from './server/tls-gateway.js';
import type { IpFamily } from './strategies/service/service-addresses.js';

/** How a simulated cluster is set up. Everything may be left out. */
export interface KubeSimulatorOptions {
  /** The name of the cluster in kubeconfigs. Default `cluster`. */
  readonly name?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. The certificate is good for 127.0.0.1, ::1 and localhost. */
  readonly host?: string;
  /**
   * The clock of the cluster, in milliseconds since 1970: creation times, bookmarks, the end of watches and of tokens. Default the machine's
   * own. An injected clock is looked at every 50 ms, and at once by `tick()`.
   */
  readonly nowMs?: () => number;
  /** The certificate authority and the TLS context; by default all clusters of the process share one. */
  readonly gateway?: TlsGateway;
  /** How many past changes each resource remembers, for watches and paged lists. Default 1,000. */
  readonly eventWindow?: number;
  /** How often a watch gets a bookmark, by the cluster's clock. Default 60,000 ms, as the API server. */
  readonly bookmarkIntervalMs?: number;
  /** How long a watch without timeoutSeconds lasts at least, by the cluster's clock; at most twice as long. Default 1,800,000 ms. */
  readonly minWatchMs?: number;
  /** How long, in real time, a request for a resourceVersion of the future is held before it is refused. Default 3,000 ms. */
  readonly resourceVersionWaitMs?: number;
  /** How long, in real time, until a new CustomResourceDefinition is served. Default 20 ms. */
  readonly establishDelayMs?: number;
  /** The families of service addresses, the default one first. Default IPv4 alone. */
  readonly ipFamilies?: readonly IpFamily[];
  /** How many of the latest requests are kept one by one. Default 1,000. */
  readonly requestLogSize?: number;
  /** Of the generator for faults with a probability. Default 1. */
  readonly faultSeed?: number;
  /** Makes UIDs. Default random ones. */
  readonly newUid?: () => string;
}
