// The only room that talks to Kubernetes: connections from a kubeconfig, list+watch, calls, and what went wrong.
export { AddressRules } from './address-rules.js';
export { ApiConnection, type ConnectionOptions } from './api-connection.js';
export type { ApiEndpoint } from './api-endpoint.js';
export { HubApi, type AccessAttributes, type KubeUser } from './hub-api.js';
export { KubeClient, pathOf, type KubeObject } from './kube-client.js';
export { KubeError } from './kube-error.js';
export { KubeconfigError, readMemberKubeconfig } from './member-kubeconfig.js';
export { V1MicroTime as MicroTime } from '@kubernetes/client-node';
export { Reflector, tooMany, type ReflectorOptions, type ReflectorSink } from './reflector.js';
