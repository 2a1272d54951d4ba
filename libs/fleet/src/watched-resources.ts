import { ServiceExportResource, TargetGroupPolicyResource, type Resource } from '@hub/api';
import type { WatchedKind } from '@hub/model';

/** The kinds that are watched in a member, where they are served, and the CRDs behind them. */
export const watchedResources = {
  ServiceExport: { resource: ServiceExportResource, crd: 'serviceexports.application-networking.k8s.aws' },
  TargetGroupPolicy: { resource: TargetGroupPolicyResource, crd: 'targetgrouppolicies.application-networking.k8s.aws' },
  Service: { resource: { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true }, crd: undefined },
  EndpointSlice: {
    resource: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', kind: 'EndpointSlice', namespaced: true },
    crd: undefined,
  },
} as const satisfies Record<WatchedKind, { readonly resource: Resource; readonly crd: string | undefined }>;
