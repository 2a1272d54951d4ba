import { MemberClusterSpec, MemberClusterStatus, MemberSnapshotStatus } from '@hub/api';
import { z } from 'zod';
import { largestPage, ordinaryPage } from './page.js';

// What the REST API shows, as schemas: the OpenAPI document is made of them.

const Condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: z.string().optional(),
  observedGeneration: z.number().optional(),
});

/** Which policy is meant; the name is empty where it cannot be read and only its cluster is known. */
const PolicyName = z.object({ cluster: z.string().describe('hub for the hub cluster'), namespace: z.string(), name: z.string() });

// Without a name of its own in the document: OpenAPI 3.0 has no way to say that what a name refers to may be null.
const HealthCheckView = z.object({
  enabled: z.boolean(),
  protocol: z.string().optional(),
  protocolVersion: z.string().optional(),
  port: z.number().optional(),
  path: z.string().optional(),
  intervalSeconds: z.number().optional(),
  timeoutSeconds: z.number().optional(),
  healthyThresholdCount: z.number().optional(),
  unhealthyThresholdCount: z.number().optional(),
  statusMatch: z.string().optional(),
});

export const TargetGroupView = z
  .object({
    arn: z.string().nullable(),
    name: z.string(),
    account: z.string(),
    region: z.string(),
    vpc: z.string(),
    cluster: z.string(),
    namespace: z.string(),
    export: z.string(),
    exportPort: z.number().nullable(),
    protocol: z.string(),
    protocolVersion: z.string().nullable(),
    port: z.number(),
    ipFamily: z.string(),
    healthCheck: HealthCheckView.nullable(),
    targets: z.array(z.object({ ip: z.string(), port: z.number(), status: z.string() })),
    inUse: z.boolean(),
    policy: PolicyName.nullable(),
    state: z.enum(['Ready', 'Progressing', 'Withheld', 'Failed']),
    reason: z.string(),
    message: z.string(),
    observedAt: z.string(),
  })
  .meta({ id: 'TargetGroup' });

export const ExportView = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    name: z.string(),
    service: z.string(),
    ports: z.array(z.string()),
    policy: PolicyName.nullable().describe('the policy that was last in force on its target groups'),
    ready: z.number(),
    total: z.number(),
    conditions: z.array(Condition),
  })
  .meta({ id: 'Export' });
export type ExportView = z.infer<typeof ExportView>;

export const PolicyView = z
  .object({
    cluster: z.string().describe('the member that it stands in; hub for the hub cluster'),
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    target: z.object({ kind: z.string(), name: z.string() }).nullable(),
    conditions: z.array(Condition),
    ready: z.number(),
    total: z.number(),
  })
  .meta({ id: 'Policy' });
export type PolicyView = z.infer<typeof PolicyView>;

export const ClusterView = z
  .object({
    name: z.string(),
    spec: MemberClusterSpec.describe('as the MemberCluster says'),
    status: MemberClusterStatus.describe('as the MemberCluster says'),
    heldBy: z.string().nullable().describe('the replica that works on it'),
  })
  .meta({ id: 'Cluster' });
export type ClusterView = z.infer<typeof ClusterView>;

export const WithheldView = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    export: z.string(),
    step: z.string(),
    targetGroup: z.string(),
    detail: z.string(),
    reason: z.string(),
    release: z.string(),
    needsAcknowledgement: z.boolean(),
  })
  .meta({ id: 'WithheldStep' });

export const EventView = z
  .object({
    time: z.string(),
    type: z.string(),
    reason: z.string(),
    note: z.string(),
    kind: z.string(),
    namespace: z.string().nullable(),
    name: z.string(),
    count: z.number(),
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof EventView>;

export const DetachPreview = z
  .object({
    cluster: z.string(),
    onDetach: z.enum(['Keep', 'Remove']),
    targetGroups: z.array(z.string()),
    losesPolicy: z.array(z.object({ cluster: z.string(), namespace: z.string(), export: z.string(), policy: z.string() })),
  })
  .meta({ id: 'DetachPreview' });
export type DetachPreview = z.infer<typeof DetachPreview>;

/** An answer that is no success, as RFC 9457 has it. */
export const ProblemView = z.object({
  type: z.string(),
  title: z.string().describe('the phrase of the status'),
  status: z.number(),
  reason: z.string().describe('one CamelCase word for programs, such as NotFound; where the hub cluster refused, its own'),
  detail: z.string(),
  errors: z
    .array(z.object({ field: z.string(), fix: z.string().describe('how the field must be') }))
    .optional()
    .describe('the fields that are wrong'),
});

/** The name of what is being changed. */
export const NamedView = z.object({ name: z.string() }).meta({ id: 'Named' });
export type NamedView = z.infer<typeof NamedView>;

/** What was applied. */
export const AppliedView = z
  .object({ items: z.array(z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() })) })
  .meta({ id: 'Applied' });
export type AppliedView = z.infer<typeof AppliedView>;

/** A list of something. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    continue: z.string().optional().describe('where there is more: what to ask with for the next page'),
  });

/** What a cluster is registered with. */
export const ClusterRegistration = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(63)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens'),
    kubeconfig: z
      .string()
      .min(1)
      .max(512 * 1024)
      .describe('data only: no command, no file path'),
    aws: z.strictObject({
      accountId: z.string().regex(/^[0-9]{12}$/, 'must be twelve digits'),
      region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]+$/, 'must be a region, such as us-west-2'),
      vpcId: z.string().regex(/^vpc-([0-9a-z]{8}|[0-9a-z]{17})$/, 'must be the id of a VPC'),
      roleArn: z.string().regex(/^arn:aws[a-z0-9-]*:iam::[0-9]{12}:role\/.+$/, 'must be the ARN of a role'),
      externalId: z.string().min(2).max(1224).optional(),
    }),
    clusterName: z.string().min(1).max(100).optional(),
    policyScope: z.enum(['Fleet', 'Own', 'Ignore']).optional(),
    onDetach: z.enum(['Keep', 'Remove']).optional(),
    paused: z.boolean().optional(),
  })
  .meta({ id: 'ClusterRegistration' });
export type ClusterRegistration = z.infer<typeof ClusterRegistration>;

/** What can be changed of a member. */
export const ClusterChange = z
  .strictObject({
    policyScope: z.enum(['Fleet', 'Own', 'Ignore']).optional(),
    onDetach: z.enum(['Keep', 'Remove']).optional(),
    paused: z.boolean().optional(),
    kubeconfig: z
      .string()
      .min(1)
      .max(512 * 1024)
      .optional(),
  })
  .refine((change) => Object.keys(change).length > 0, {
    error: 'must name what is to change: policyScope, onDetach, paused or kubeconfig',
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'ClusterChange' });
export type ClusterChange = z.infer<typeof ClusterChange>;

export const Acknowledgement = z
  .strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/, 'must be status.withheld.acknowledgementId of the cluster') })
  .meta({ id: 'Acknowledgement' });
export type Acknowledgement = z.infer<typeof Acknowledgement>;

export const HubView = z
  .object({
    snapshot: z.string().describe('the MemberSnapshot that says so, and that a word on it is written on'),
    holds: MemberSnapshotStatus.shape.holds.unwrap(),
    acknowledgementId: z.string().optional(),
    acknowledged: MemberSnapshotStatus.shape.acknowledged,
  })
  .meta({ id: 'HubCluster' });
export type HubView = z.infer<typeof HubView>;

export const HubAcknowledgement = z
  .strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/, 'must be acknowledgementId of GET /api/v1/hub') })
  .meta({ id: 'HubAcknowledgement' });
export type HubAcknowledgement = z.infer<typeof HubAcknowledgement>;

/** Filters of a list. */
export const ListQuery = z.strictObject({
  cluster: z.string().max(253).optional().describe('only what stands in this cluster'),
  namespace: z.string().max(63).optional().describe('only what stands in this namespace'),
  name: z.string().max(253).optional().describe('only what is named so'),
  watch: z.enum(['0', '1', 'false', 'true']).optional().describe('1 streams all there is and then what changes, one JSON object a line'),
  limit: z.coerce
    .number({ error: `must be a whole number from 1 to ${largestPage}` })
    .int(`must be a whole number from 1 to ${largestPage}`)
    .min(1, `must be a whole number from 1 to ${largestPage}`)
    .max(largestPage, `must be a whole number from 1 to ${largestPage}`)
    .optional()
    .describe(`how many a page holds; ${ordinaryPage} where it is left out`),
  continue: z.string().max(2000).optional().describe('what the page before gave'),
});
export type ListQuery = z.infer<typeof ListQuery>;

export const isWatch = (query: ListQuery): boolean => query.watch === '1' || query.watch === 'true';
