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
const secrets = ['token', 'authorization', 'kubeconfig', 'password', 'secretAccessKey', 'sessionToken', 'key', 'cert'];

/** A logger that writes one JSON object a line to standard output. */
export function createLogger(level: LogLevel): Logger {
  return pino({
    level,
    base: {},
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
    serializers: { error: describeError },
  });
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
