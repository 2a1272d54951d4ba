import { stringify } from 'yaml';

/** What stands in a kubeconfig. */
export interface KubeconfigParts {
  /** The name of the cluster and of the context. */
  readonly name: string;
  readonly server: string;
  readonly caPem: string;
  readonly user: string;
  readonly token: string;
}

/** A kubeconfig with one cluster, one user and one context, YAML. */
export function writeKubeconfig({ name, server, caPem, user, token }: KubeconfigParts): string {
  const userName = `${name}-${user}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': Buffer.from(caPem).toString('base64') } }],
    users: [{ name: userName, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: userName } }],
    'current-context': name,
  });
}
