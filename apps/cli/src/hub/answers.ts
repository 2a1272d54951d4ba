import { z } from 'zod';

// What the commands read of the hub's answers, and no more of it: a newer hub may say more.

const text = z.string().default('');
const whole = z.number().optional();

/** One condition, as Kubernetes objects have them. */
export const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: text,
  message: text,
  lastTransitionTime: z.string().optional(),
});
export type Condition = z.infer<typeof Condition>;

const Spec = z.object({
  kubeconfigSecretRef: z.object({ name: text, key: z.string().default('kubeconfig') }).optional(),
  aws: z.object({ accountId: text, region: text, vpcId: text, roleArn: text, externalId: z.string().optional() }),
  clusterName: z.string().optional(),
  mode: z.string().default('Hub'),
  policyScope: z.string().default('Fleet'),
  paused: z.boolean().default(false),
  onDetach: z.string().default('Keep'),
});

const Withheld = z.object({
  acknowledgementId: z.string().optional(),
  count: z.number(),
  items: z.array(z.object({ step: text, targetGroup: text, reason: text, release: text })).default([]),
});

const Holds = z.array(z.object({ reason: text, since: text, message: text })).default([]);
export type Holds = z.infer<typeof Holds>;

const Status = z.object({
  state: z.string().optional(),
  kubernetesVersion: z.string().optional(),
  lastSyncTime: z.string().optional(),
  identity: z.object({ uid: text, accountId: text, region: text, vpcId: text, clusterName: text }).optional(),
  counts: z.object({ exports: whole, policies: whole, targetGroups: whole, withheld: whole }).optional(),
  holds: Holds,
  withheld: Withheld.optional(),
  conditions: z.array(Condition).default([]),
});

const PolicyName = z.object({ cluster: z.string(), namespace: z.string(), name: z.string() });
export type PolicyName = z.infer<typeof PolicyName>;

/** A member cluster. */
export const Cluster = z.object({
  name: z.string(),
  spec: Spec,
  status: Status.prefault({}),
  heldBy: z.string().nullable().default(null),
});
export type Cluster = z.infer<typeof Cluster>;

/** What is held back of the hub cluster itself. */
export const HubCluster = z.object({
  holds: Holds,
  acknowledgementId: z.string().optional(),
});

/** An export of a member cluster. */
export const Export = z.object({
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  service: text,
  ports: z.array(z.string()).default([]),
  policy: PolicyName.nullable().default(null),
  ready: z.number(),
  total: z.number(),
  conditions: z.array(Condition).default([]),
});
export type Export = z.infer<typeof Export>;

/** A policy of the hub cluster, which is called `hub`, or of a member. */
export const Policy = z.object({
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: text,
  target: z.object({ kind: z.string(), name: z.string() }).nullable().default(null),
  conditions: z.array(Condition).default([]),
  ready: z.number(),
  total: z.number(),
});
export type Policy = z.infer<typeof Policy>;

const HealthCheck = z.object({
  enabled: z.boolean(),
  protocol: z.string().optional(),
  protocolVersion: z.string().optional(),
  port: whole,
  path: z.string().optional(),
  intervalSeconds: whole,
  statusMatch: z.string().optional(),
});

/** A target group, or one that is asked for and not there yet (arn null). */
export const TargetGroup = z.object({
  arn: z.string().nullable(),
  name: z.string(),
  account: text,
  region: text,
  vpc: text,
  cluster: z.string(),
  namespace: z.string(),
  export: z.string(),
  exportPort: z.number().nullable(),
  protocol: z.string(),
  protocolVersion: z.string().nullable().default(null),
  port: whole,
  healthCheck: HealthCheck.nullable().default(null),
  targets: z.array(z.object({ ip: z.string(), port: z.number(), status: z.string() })).default([]),
  inUse: z.boolean().default(true),
  policy: PolicyName.nullable().default(null),
  state: z.string(),
  reason: text,
  observedAt: z.string().optional(),
});
export type TargetGroup = z.infer<typeof TargetGroup>;

/** An event that the hub wrote into the hub cluster. */
export const HubEvent = z.object({
  time: text,
  type: text,
  reason: text,
  note: text,
  kind: text,
  namespace: z.string().nullable().default(null),
  name: text,
  count: z.number().default(1),
});
export type HubEvent = z.infer<typeof HubEvent>;

/** A step of the plan that is called for and held back. */
export const WithheldStep = z.object({
  namespace: z.string(),
  export: z.string(),
  step: z.string(),
  targetGroup: z.string(),
  detail: text,
  reason: text,
  release: text,
  needsAcknowledgement: z.boolean().default(false),
});
export type WithheldStep = z.infer<typeof WithheldStep>;

/** What a detach would mean. */
export const DetachPreview = z.object({
  onDetach: z.enum(['Keep', 'Remove']),
  targetGroups: z.array(z.string()),
  losesPolicy: z.array(z.object({ cluster: z.string(), namespace: z.string(), export: z.string(), policy: z.string() })),
});
export type DetachPreview = z.infer<typeof DetachPreview>;

/** What was applied. */
export const Applied = z.object({ items: z.array(z.object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() })) });

/** The answer to a call that changes a cluster. */
export const Named = z.object({ name: z.string() });

/** A page of a list of what is not looked into yet, and what to ask with for the next one. */
export const AnyPage = z.object({ items: z.array(z.unknown()), continue: z.string().optional() });

/** A line of a watch. */
export const WatchLine = z.object({ type: z.string(), object: z.unknown() });
export type WatchLine = z.infer<typeof WatchLine>;
