import { readFileSync } from 'node:fs';
import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';

/** A number of seconds, given in ms. */
const seconds = (fallback: number, least = 0) =>
  z.coerce
    .number({ error: `must be a number of seconds from ${least}` })
    .min(least, `must be a number of seconds from ${least}`)
    .default(fallback)
    .transform((value) => value * 1000);

const whole = (least: number, most: number) => {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error: rule }).int(rule).min(least, rule).max(most, rule);
};

/** Text that is there; a variable that is set to nothing is one that somebody forgot to fill. */
const words = () => z.string().min(1, 'is set to nothing: give it a value, or leave it out');

const rate = (fallback: string) =>
  z
    .string()
    .regex(/^(off|\d+(\.\d+)?:\d+)$/, 'must be RATE:BURST, such as 10:50, or off')
    .default(fallback)
    .transform((text) => {
      if (text === 'off') return undefined;
      const [perSecond = 0, burst = 0] = text.split(':').map(Number);
      return { perSecond, burst };
    });

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );

function isCidr(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Every variable that the hub reads, besides the AWS SDK's own. docs/configuration.md tells what each is for. */
const Environment = z.object({
  KUBECONFIG: words().optional(),
  HUB_NAMESPACE: words()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of a namespace')
    .optional(),
  HUB_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, underscores and hyphens')
    .optional(),
  REDIS_URL: z.string({ error: 'is required, such as redis://127.0.0.1:6379' }).min(1, 'is required, such as redis://127.0.0.1:6379'),
  PORT: whole(0, 65535).default(8080),
  HOST: words().optional(),
  TLS_CERT_FILE: words().optional(),
  TLS_KEY_FILE: words().optional(),
  TLS_RELOAD_SECONDS: seconds(10, 0.1),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'must be debug, info, warn, error or silent' }).default('info'),
  MEMBER_ADDRESSES_ALLOWED: list.refine(
    (ranges) => ranges.every(isCidr),
    'must be CIDRs separated by commas, such as 127.0.0.0/8,fd00::/8',
  ),
  QUEUE_BOARD_PORT: whole(1, 65535).optional(),
  AWS_REGION: words().default('us-east-1'),
  AWS_BUDGET_READ: rate('25:100'),
  AWS_BUDGET_WRITE: rate('10:100'),
  AWS_BUDGET_TAGGING: rate('5:20'),
  AWS_ATTEMPT_TIMEOUT_SECONDS: seconds(8, 0.1),
  WORKERS_PER_CLUSTER: whole(1, 100).default(8),
  INVENTORY_SECONDS: seconds(60, 0.1),
  RESYNC_SECONDS: seconds(1800, 1),
  AUDIT_SECONDS: seconds(3600, 1),
  ABSENCE_CONFIRMATION_SECONDS: seconds(60, 0.1),
  DELETION_QUIET_SECONDS: seconds(1),
  DELETION_EMPTIED_SECONDS: seconds(5),
  UNREACHABLE_SECONDS: seconds(30, 0.1),
  MEMBER_PING_SECONDS: seconds(15, 0.1),
  MEMBER_RETRY_SECONDS: seconds(10, 0.1),
  MEMBER_OBJECTS_MOST: whole(1, 10_000_000).default(50_000),
  MEMBER_EVENTS_PER_SECOND: whole(1, 1_000_000).default(1000),
  LEASE_SECONDS: seconds(15, 1),
  SHUTDOWN_DRAIN_SECONDS: seconds(4),
  REMOVE_LIMIT_SECONDS: seconds(900, 1),
});

/** A kind of which a member has too many is looked at again after so long. */
const tooManyAgainMs = 300_000;
/** So many seconds' worth of events may come at once: a rollout of a large cluster is nothing unusual. */
const burstSeconds = 10;

/** The hub's configuration, checked. All times in ms. */
export type HubConfig = Readonly<ReturnType<typeof readConfig>>;

/**
 * Reads the environment.
 * @throws Error with one line that names every variable that is wrong, and how it must be
 */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '));
  }
  const env = parsed.data;
  if ((env.TLS_CERT_FILE === undefined) !== (env.TLS_KEY_FILE === undefined)) throw new Error('TLS_CERT_FILE and TLS_KEY_FILE go together');
  // No attempt begins that the Lease might not outlive, and before it is renewed two thirds of it are left.
  if (env.LEASE_SECONDS * 2 <= env.AWS_ATTEMPT_TIMEOUT_SECONDS * 3)
    throw new Error('LEASE_SECONDS must be more than one and a half times AWS_ATTEMPT_TIMEOUT_SECONDS, or writes never begin');
  const tls =
    env.TLS_CERT_FILE !== undefined && env.TLS_KEY_FILE !== undefined
      ? { certFile: env.TLS_CERT_FILE, keyFile: env.TLS_KEY_FILE, reloadMs: env.TLS_RELOAD_SECONDS }
      : undefined;
  const host = env.HOST ?? (tls ? '::' : '127.0.0.1');
  if (!tls && !isLoopback(host))
    throw new Error(`HOST ${host} is not loopback, and plain http goes no further: set TLS_CERT_FILE and TLS_KEY_FILE`);
  return {
    kubeconfigPath: env.KUBECONFIG,
    namespace: env.HUB_NAMESPACE ?? podNamespace(),
    hubId: env.HUB_ID,
    redisUrl: env.REDIS_URL,
    port: env.PORT,
    host,
    tls,
    logLevel: env.LOG_LEVEL,
    memberAddressesAllowed: env.MEMBER_ADDRESSES_ALLOWED,
    queueBoardPort: env.QUEUE_BOARD_PORT,
    awsRegion: env.AWS_REGION,
    awsBudgets: { read: env.AWS_BUDGET_READ, write: env.AWS_BUDGET_WRITE, tagging: env.AWS_BUDGET_TAGGING },
    attemptTimeoutMs: env.AWS_ATTEMPT_TIMEOUT_SECONDS,
    workersPerCluster: env.WORKERS_PER_CLUSTER,
    inventoryMs: env.INVENTORY_SECONDS,
    resyncMs: env.RESYNC_SECONDS,
    auditMs: env.AUDIT_SECONDS,
    confirmationMs: env.ABSENCE_CONFIRMATION_SECONDS,
    settle: { quietMs: env.DELETION_QUIET_SECONDS, emptiedMs: env.DELETION_EMPTIED_SECONDS },
    unreachableAfterMs: env.UNREACHABLE_SECONDS,
    pingIntervalMs: env.MEMBER_PING_SECONDS,
    memberRetryMs: env.MEMBER_RETRY_SECONDS,
    memberLimits: {
      objects: env.MEMBER_OBJECTS_MOST,
      againAfterMs: tooManyAgainMs,
      eventsPerSecond: env.MEMBER_EVENTS_PER_SECOND,
      eventBurst: env.MEMBER_EVENTS_PER_SECOND * burstSeconds,
    },
    leaseMs: env.LEASE_SECONDS,
    drainMs: env.SHUTDOWN_DRAIN_SECONDS,
    removeLimitMs: env.REMOVE_LIMIT_SECONDS,
  } as const;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** The namespace that a pod runs in, as its ServiceAccount tells it. */
function podNamespace(): string | undefined {
  try {
    return readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim();
  } catch {
    return undefined;
  }
}
