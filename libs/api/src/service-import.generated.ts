// Generated from deploy/crds/serviceimports.yaml by `npm run generate`. Do not edit.

import { z } from 'zod';
import { ObjectMeta } from './object-meta.js';
import type { Resource } from './resource.js';

/** How the imported service is seen here. */
export const ServiceImportSpec = z.object({
  /** The virtual address of the service, where it has one. */
  ips: z.array(z.string()).max(1).optional(),
  /** The ports under which the service is seen. */
  ports: z.array(z.object({
    /** The application protocol of the port. */
    appProtocol: z.string().optional(),
    /** The name of the port, needed where there are several. */
    name: z.string().optional(),
    /** The port number. */
    port: z.int(),
    /** TCP, UDP or SCTP; TCP where nothing is said. */
    protocol: z.string().optional(),
  })),
  /** ClientIP or None; None where nothing is said. */
  sessionAffinity: z.string().optional(),
  /** The details of the session affinity. */
  sessionAffinityConfig: z.object({
    /** The details of affinity by client address. */
    clientIP: z.object({
      /** For how many seconds a client stays with its endpoint. */
      timeoutSeconds: z.int().optional(),
    }).optional(),
  }).optional(),
  /** Whether the service has one address or shows its endpoints. */
  type: z.enum(['ClusterSetIP', 'Headless']),
});
export type ServiceImportSpec = z.infer<typeof ServiceImportSpec>;

/** Where the service comes from. */
export const ServiceImportStatus = z.object({
  /** The clusters that export the service. */
  clusters: z.array(z.object({
    /** The name of the cluster. */
    cluster: z.string(),
  })).optional(),
});
export type ServiceImportStatus = z.infer<typeof ServiceImportStatus>;

/** Names a service that other clusters export, so that a route can refer to it. */
export const ServiceImport = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: ObjectMeta,
  spec: ServiceImportSpec.optional(),
  status: ServiceImportStatus.optional(),
});
export type ServiceImport = z.infer<typeof ServiceImport>;

/** Where an API server serves ServiceImport. */
export const ServiceImportResource = { group: 'application-networking.k8s.aws', version: 'v1alpha1', plural: 'serviceimports', kind: 'ServiceImport', namespaced: true } as const satisfies Resource;
