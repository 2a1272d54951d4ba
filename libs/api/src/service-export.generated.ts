// Generated from deploy/crds/serviceexports.yaml by `npm run generate`. Do not edit.

import { z } from 'zod';
import { ObjectMeta } from './object-meta.js';
import type { Resource } from './resource.js';

/** What is to be exported. */
export const ServiceExportSpec = z.object({
  /** The ports of the Service to export, one target group each. Where it is empty, the annotation application-networking.k8s.aws/port names the ports of one HTTP target group. */
  exportedPorts: z.array(z.object({
    /** The port number, as the Service has it. */
    port: z.int().min(1).max(65535),
    /** The kind of route that this port serves. It decides the protocol of the target group. */
    routeType: z.enum(['HTTP', 'GRPC', 'TLS']),
  })).optional(),
});
export type ServiceExportSpec = z.infer<typeof ServiceExportSpec>;

/** What has become of the export. */
export const ServiceExportStatus = z.object({
  /** The conditions of the export, one of each type. */
  conditions: z.array(z.object({
    /** When the status last changed. */
    lastTransitionTime: z.string().optional(),
    /** What a person should know. */
    message: z.string().optional(),
    /** The generation of the export that this condition speaks of. */
    observedGeneration: z.int().min(0).optional(),
    /** One CamelCase word for programs. */
    reason: z.string().optional(),
    /** Whether the condition holds. */
    status: z.enum(['True', 'False', 'Unknown']),
    /** The name of the condition. */
    type: z.string(),
  })).optional(),
});
export type ServiceExportStatus = z.infer<typeof ServiceExportStatus>;

/** Offers the Service of the same name and namespace to other clusters, through VPC Lattice target groups of its own. */
export const ServiceExport = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: ObjectMeta,
  spec: ServiceExportSpec.optional(),
  status: ServiceExportStatus.optional(),
});
export type ServiceExport = z.infer<typeof ServiceExport>;

/** Where an API server serves ServiceExport. */
export const ServiceExportResource = { group: 'application-networking.k8s.aws', version: 'v1alpha1', plural: 'serviceexports', kind: 'ServiceExport', namespaced: true } as const satisfies Resource;
