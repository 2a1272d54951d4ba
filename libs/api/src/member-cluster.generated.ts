// Generated from deploy/crds/memberclusters.yaml by `npm run generate`. Do not edit.

import { z } from 'zod';
import { ObjectMeta } from './object-meta.js';
import type { Resource } from './resource.js';

/** How the hub reaches the cluster and AWS, and what it may do there. */
export const MemberClusterSpec = z.object({
  /** The Secret with the kubeconfig, in the hub's own namespace, labelled lattice-hub.io/kubeconfig=true. The kubeconfig holds data only: no command, no file path. */
  kubeconfigSecretRef: z.object({
    /** The name of the Secret. */
    name: z.string().min(1).max(253),
    /** The key in the Secret. */
    key: z.string().min(1).max(253).default('kubeconfig'),
  }),
  /** Where the target groups of this cluster live. Account, region and VPC can't change while the cluster is a member. */
  aws: z.object({
    /** The AWS account, twelve digits. It must be the account of the role. */
    accountId: z.string().regex(/^[0-9]{12}$/),
    /** The AWS region. */
    region: z.string().max(32).regex(/^[a-z]{2}(-[a-z]+)+-[0-9]+$/),
    /** The VPC of the targets. */
    vpcId: z.string().regex(/^vpc-([0-9a-z]{8}|[0-9a-z]{17})$/),
    /** The role that the hub assumes in that account. */
    roleArn: z.string().max(2048).regex(/^arn:aws[a-z0-9-]*:iam::[0-9]{12}:role\/.+$/),
    /** The external id that the role's trust policy asks for. Needed unless the role is in the hub's own account. */
    externalId: z.string().min(2).max(1224).regex(/^[\w+=,.@:\/-]*$/).optional(),
  }),
  /** The name in the ClusterName tag; the object's own name where it is left out. Unique for account, region and VPC. It can't change while the cluster is a member. */
  clusterName: z.string().min(1).max(100).regex(/^[0-9A-Za-z][A-Za-z0-9_-]*$/).optional(),
  /** Who writes this cluster's target groups, the hub or the cluster's own controller. */
  mode: z.enum(['Hub', 'Delegate']).default('Hub'),
  /** How far this member's policies reach, the whole fleet, its own target groups, or nowhere. */
  policyScope: z.enum(['Fleet', 'Own', 'Ignore']).default('Fleet'),
  /** Read, plan and show the plan, and write nothing. */
  paused: z.boolean().default(false),
  /** What happens to the target groups when the cluster leaves the fleet. */
  onDetach: z.enum(['Keep', 'Remove']).default('Keep'),
});
export type MemberClusterSpec = z.infer<typeof MemberClusterSpec>;

/** What the hub knows of the cluster. */
export const MemberClusterStatus = z.object({
  /** The generation that this status speaks of. */
  observedGeneration: z.int().min(0).optional(),
  /** What the hub may conclude from what it can't see there. Only in Synced may it take something away. Whether the hub works with the cluster at all is told by the condition Admitted. */
  state: z.enum(['Connecting', 'Synced', 'Stale', 'Unreachable', 'Detaching']).optional(),
  /** The version that the API server tells. */
  kubernetesVersion: z.string().max(128).optional(),
  /** When every watched kind was last read whole, told along with what else is new here. */
  lastSyncTime: z.string().optional(),
  /** What the cluster was when it joined. A member that differs from it is stopped. */
  identity: z.object({
    /** The UID of its kube-system namespace. */
    uid: z.string().max(128),
    /** The account at the time. */
    accountId: z.string(),
    /** The region at the time. */
    region: z.string(),
    /** The VPC at the time. */
    vpcId: z.string(),
    /** The cluster name at the time. */
    clusterName: z.string(),
  }).optional(),
  /** How much there is of what. */
  counts: z.object({
    /** The ServiceExports of the cluster. */
    exports: z.int().optional(),
    /** The TargetGroupPolicies of the cluster. */
    policies: z.int().optional(),
    /** The target groups of the cluster that the hub owns. */
    targetGroups: z.int().optional(),
    /** The steps that the hub holds back. */
    withheld: z.int().optional(),
  }).optional(),
  /** What makes the hub hold back everything that takes away, until a person acknowledges it. */
  holds: z.array(z.object({
    /** One CamelCase word for programs. */
    reason: z.string().max(128),
    /** When it was seen first. */
    since: z.string(),
    /** What a person should know. */
    message: z.string().max(1024),
  })).max(16).optional(),
  /** The steps that the hub holds back now, and what releases them. */
  withheld: z.object({
    /** What the annotation lattice-hub.io/acknowledge must say to release the steps that wait for a person. It stands for exactly the steps that are withheld now, and is another one each time. */
    acknowledgementId: z.string().max(64).optional(),
    /** How many steps are held back in all. */
    count: z.int(),
    /** The first fifty of them. */
    items: z.array(z.object({
      /** What would be done. */
      step: z.string().max(64),
      /** The name of the target group. */
      targetGroup: z.string().max(128),
      /** Why it is not done. */
      reason: z.string().max(128),
      /** What would release it. */
      release: z.string().max(512),
    })).max(50).optional(),
  }).optional(),
  /** What a person acknowledged last. It counts once. */
  acknowledged: z.object({
    /** What the annotation lattice-hub.io/acknowledge said. */
    id: z.string().max(64),
    /** When the hub heeded it. */
    time: z.string(),
  }).optional(),
  /** The conditions of the member, one of each type. */
  conditions: z.array(z.object({
    /** When the status last changed. */
    lastTransitionTime: z.string(),
    /** What a person should know. */
    message: z.string().max(32768),
    /** The generation of the object that this condition speaks of. */
    observedGeneration: z.int().min(0).optional(),
    /** One CamelCase word for programs. */
    reason: z.string().min(1).max(1024).regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/),
    /** Whether the condition holds. */
    status: z.enum(['True', 'False', 'Unknown']),
    /** The name of the condition. */
    type: z.string().max(316),
  })).max(16).optional(),
});
export type MemberClusterStatus = z.infer<typeof MemberClusterStatus>;

/** A Kubernetes cluster of the fleet, and the AWS account, region and VPC that its target groups belong to. */
export const MemberCluster = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: ObjectMeta,
  spec: MemberClusterSpec,
  status: MemberClusterStatus.optional(),
});
export type MemberCluster = z.infer<typeof MemberCluster>;

/** Where an API server serves MemberCluster. */
export const MemberClusterResource = { group: 'lattice-hub.io', version: 'v1alpha1', plural: 'memberclusters', kind: 'MemberCluster', namespaced: false } as const satisfies Resource;
