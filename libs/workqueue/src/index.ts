// The only room that talks to Redis: a queue for each cluster, budgets of calls, and a view of rows. It moves keys and texts, and knows no more.
export type { Urgency, WorkResult } from './cluster-queue.js';
export { RowsUnreadable } from './row-view.js';
export { WorkQueues } from './work-queues.js';
