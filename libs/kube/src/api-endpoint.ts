/** How to reach a Kubernetes API: data only. */
export interface ApiEndpoint {
  /** https; may have a path, where a proxy serves several clusters. */
  readonly server: URL;
  /** PEM. Absent: the authorities that the machine trusts. */
  readonly ca?: string;
  /** The name in the server's certificate where it is not the host's. */
  readonly serverName?: string;
  readonly token?: string;
  /** PEM. */
  readonly cert?: string;
  /** PEM. */
  readonly key?: string;
}
