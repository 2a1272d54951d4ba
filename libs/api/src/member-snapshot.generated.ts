// Generated from deploy/crds/membersnapshots.yaml by `npm run generate`. Do not edit.

import { z } from 'zod';
import { ObjectMeta } from './object-meta.js';
import type { Resource } from './resource.js';

/** What this object is a part of. */
export const MemberSnapshotSpec = z.object({
  /** The name of the MemberCluster. */
  memberCluster: z.string().min(1).max(253),
  /** Which part it is, from 0. */
  part: z.int().min(0),
});
export type MemberSnapshotSpec = z.infer<typeof MemberSnapshotSpec>;

/** The word itself. */
export const MemberSnapshotStatus = z.object({
  /** The number of the writing. Parts belong together when they have the same. */
  sequence: z.int().min(0).optional(),
  /** How many parts there are. */
  parts: z.int().min(1).optional(),
  /** The UID of the member's kube-system namespace. */
  clusterUid: z.string().optional(),
  /** How each watched kind was last read whole. */
  kinds: z.array(z.object({
    /** The kind. */
    kind: z.string(),
    /** The newest resourceVersion known when this was written. One that is lower later tells of a restored backup. */
    resourceVersion: z.string(),
    /** Whether there were more than three. Where there were, an empty list waits for a person. */
    heldMoreThanThree: z.boolean(),
    /** The UID of the CRD of the kind. Another one later tells that everything of the kind went with the one before. */
    crdUid: z.string().max(128).optional(),
  })).optional(),
  /** Of the hub cluster's own snapshot, what makes the hub hold back what is missing in the hub cluster, until a person acknowledges it. Those of a member stand on its MemberCluster. */
  holds: z.array(z.object({
    /** One CamelCase word for programs. */
    reason: z.string().max(128),
    /** When it was seen first. */
    since: z.string(),
    /** What a person should know. */
    message: z.string().max(1024),
  })).max(16).optional(),
  /** What the annotation lattice-hub.io/acknowledge on this object must say to release what is held. It stands for exactly the holds that are there now, and is another one each time. */
  acknowledgementId: z.string().max(64).optional(),
  /** What a person acknowledged last. It counts once. */
  acknowledged: z.object({
    /** What the annotation lattice-hub.io/acknowledge said. */
    id: z.string().max(64),
    /** When the hub heeded it. */
    time: z.string(),
  }).optional(),
  /** The member's policies, whole. */
  policies: z.array(z.object({
    /** Its namespace. */
    namespace: z.string(),
    /** Its name. */
    name: z.string(),
    /** Its UID. */
    uid: z.string(),
    /** Its generation. */
    generation: z.int(),
    /** When it was created. */
    creationTimestamp: z.string(),
    /** Its spec, as the member has it. */
    spec: z.record(z.string(), z.unknown()),
  })).optional(),
  /** The member's exports, without their targets. */
  exports: z.array(z.object({
    /** Its namespace. */
    namespace: z.string(),
    /** Its name. */
    name: z.string(),
    /** Its UID. */
    uid: z.string(),
    /** The name of the Service that it exports. */
    service: z.string(),
    /** A hash over all that decides its target groups. */
    hash: z.string(),
    /** Its slots, the exported ports or legacy. */
    ports: z.array(z.string()),
    /** Its conditions. */
    conditions: z.array(z.object({
      /** When the status last changed. */
      lastTransitionTime: z.string(),
      /** What a person should know. */
      message: z.string(),
      /** The generation of the export that this condition speaks of. */
      observedGeneration: z.int().optional(),
      /** One CamelCase word for programs. */
      reason: z.string(),
      /** Whether the condition holds. */
      status: z.enum(['True', 'False', 'Unknown']),
      /** The name of the condition. */
      type: z.string(),
    })),
    /** By policy, how many target groups follow it already, of how many. */
    programmed: z.object({
      /** The policy that holds, as cluster name/uid; empty for none. */
      policy: z.string().optional(),
      /** The generation of that policy that the target groups were made to follow; 0 where that is not known. */
      generation: z.int().optional(),
      /** How many target groups are as they must be. */
      ready: z.int().optional(),
      /** How many target groups there must be. */
      total: z.int().optional(),
    }).optional(),
  })).optional(),
});
export type MemberSnapshotStatus = z.infer<typeof MemberSnapshotStatus>;

/** The last known word of a member cluster, or a part of it: what the replicas of the hub share, and what holds when the member can't be read. Written by the hub alone. */
export const MemberSnapshot = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: ObjectMeta,
  spec: MemberSnapshotSpec,
  status: MemberSnapshotStatus.optional(),
});
export type MemberSnapshot = z.infer<typeof MemberSnapshot>;

/** Where an API server serves MemberSnapshot. */
export const MemberSnapshotResource = { group: 'lattice-hub.io', version: 'v1alpha1', plural: 'membersnapshots', kind: 'MemberSnapshot', namespaced: false } as const satisfies Resource;
