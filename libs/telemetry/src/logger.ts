import { pino } from 'pino';

/** Facts beside a message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Static messages with fields. ERROR means that a person must act; what mends itself is WARN. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Fields that never reach the log, whatever object they come in. */
const secrets: ReadonlySet<string> = new Set([
  'token',
  'authorization',
  'kubeconfig',
  'password',
  'secretAccessKey',
  'sessionToken',
  'key',
  'cert',
]);

/** So deep in the fields of a message secrets are looked for. */
const deepest = 3;

/** So much waits for whoever reads standard output. */
const mostWaitingBytes = 16 * 1024 * 1024;

/**
 * A logger that writes one JSON object a line to standard output. Nobody waits for a line to be written: a reader that hangs would hold up the hub, and
 * it its Lease. What is too much for a slow reader is lost, and that is told once there is room again; what was said before the process ends is
 * written first.
 */
export function createLogger(level: LogLevel): Logger {
  const output = pino.destination({ dest: 1, sync: false, maxLength: mostWaitingBytes });
  const logger = pino(
    {
      level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
      serializers: { error: describeError },
    },
    output,
  );
  let lost = 0;
  output.on('drop', () => lost++);
  output.on('drain', () => {
    if (lost > 0) logger.warn({ lines: lost }, 'lines of the log were lost: nobody read them in time');
    lost = 0;
  });
  return logger;
}

/** An error with its cause, without the objects that libraries hang on errors. */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { message: String(error) };
  const { kind } = error as { kind?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(typeof kind === 'string' && { kind }),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

/**
 * The fields without what must not be told. Nearly no line has such a field, so nothing is copied before one is found: the redaction of pino copies
 * every line, which was a tenth of what a busy hub allocated.
 */
export function withoutSecrets(fields: Record<string, unknown>, depth = 1): Record<string, unknown> {
  let clean = fields;
  for (const [name, value] of Object.entries(fields)) {
    const told = secrets.has(name) ? '[secret]' : isPlain(value) && depth < deepest ? withoutSecrets(value, depth + 1) : value;
    if (told === value) continue;
    if (clean === fields) clean = (Array.isArray(fields) ? [...(fields as unknown[])] : { ...fields }) as Record<string, unknown>;
    clean[name] = told;
  }
  return clean;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Error);
}
