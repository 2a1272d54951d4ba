// Logs and metrics.
export { createLogger, type Logger } from './logger.js';
export { HubMetrics } from './metrics.js';
