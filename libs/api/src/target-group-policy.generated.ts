// Generated from deploy/crds/targetgrouppolicies.yaml by `npm run generate`. Do not edit.

import { z } from 'zod';
import { ObjectMeta } from './object-meta.js';
import type { Resource } from './resource.js';

/** What the target groups must be. */
export const TargetGroupPolicySpec = z.object({
  /** The health check. A change of it reaches the target groups in place. */
  healthCheck: z.object({
    /** Whether targets are checked at all. */
    enabled: z.boolean().optional(),
    /** How many good answers in a row make an unhealthy target healthy. */
    healthyThresholdCount: z.int().min(2).max(10).optional(),
    /** The seconds between two checks of one target. */
    intervalSeconds: z.int().min(5).max(300).optional(),
    /** The path that is asked for. */
    path: z.string().optional(),
    /** The port that is asked; where it is left out, the port that takes the traffic. */
    port: z.int().min(1).max(65535).optional(),
    /** The protocol of the check. */
    protocol: z.enum(['HTTP', 'HTTPS']).optional(),
    /** The version of the protocol of the check. */
    protocolVersion: z.enum(['HTTP1', 'HTTP2']).optional(),
    /** The status codes of a good answer, such as 200, 200,202 or 200-299. */
    statusMatch: z.string().optional(),
    /** The seconds after which a check counts as failed. */
    timeoutSeconds: z.int().min(1).max(120).optional(),
    /** How many bad answers in a row make a target unhealthy. */
    unhealthyThresholdCount: z.int().min(2).max(10).optional(),
  }).optional(),
  /** The protocol towards the targets, HTTP, HTTPS or TCP. A change of it replaces the target groups. */
  protocol: z.string().optional(),
  /** The version of the protocol, HTTP1, HTTP2 or GRPC; none with TCP. A change of it replaces the target groups. */
  protocolVersion: z.string().optional(),
  /** The ServiceExport or the Service that the policy is about, in the policy's own namespace. */
  targetRef: z.object({
    /** The API group of the object; empty for a Service. */
    group: z.string().max(253).regex(/^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/),
    /** The kind of the object, ServiceExport or Service. */
    kind: z.string().min(1).max(63).regex(/^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/),
    /** The name of the object. */
    name: z.string().min(1).max(253),
    /** The policy's own namespace, or nothing. A policy does not reach into another namespace. */
    namespace: z.string().min(1).max(63).regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/).optional(),
  }),
});
export type TargetGroupPolicySpec = z.infer<typeof TargetGroupPolicySpec>;

/** What has become of the policy. */
export const TargetGroupPolicyStatus = z.object({
  /** The conditions of the policy, one of each type. */
  conditions: z.array(z.object({
    /** When the status last changed. */
    lastTransitionTime: z.string(),
    /** What a person should know. */
    message: z.string().max(32768),
    /** The generation of the policy that this condition speaks of. */
    observedGeneration: z.int().min(0).optional(),
    /** One CamelCase word for programs. */
    reason: z.string().min(1).max(1024).regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/),
    /** Whether the condition holds. */
    status: z.enum(['True', 'False', 'Unknown']),
    /** The name of the condition. */
    type: z.string().max(316).regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/),
  })).max(8).optional(),
});
export type TargetGroupPolicyStatus = z.infer<typeof TargetGroupPolicyStatus>;

/** Sets the protocol and the health check of the VPC Lattice target groups of a ServiceExport or of a Service, in every cluster. */
export const TargetGroupPolicy = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: ObjectMeta,
  spec: TargetGroupPolicySpec,
  status: TargetGroupPolicyStatus.optional(),
});
export type TargetGroupPolicy = z.infer<typeof TargetGroupPolicy>;

/** Where an API server serves TargetGroupPolicy. */
export const TargetGroupPolicyResource = { group: 'application-networking.k8s.aws', version: 'v1alpha1', plural: 'targetgrouppolicies', kind: 'TargetGroupPolicy', namespaced: true } as const satisfies Resource;
