// Logs and metrics.
export { createLogger, describeError, type Logger, type LogLevel } from './logger.js';
export { HubMetrics } from './metrics.js';
