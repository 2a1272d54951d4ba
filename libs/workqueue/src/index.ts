// The only room that talks to Redis: a queue for each cluster, budgets of calls, and a view of rows. It moves keys and texts, and knows no more.
export type { Urgency, Work, WorkResult } from './cluster-queue.js';
export type { BucketRate } from './token-buckets.js';
export { WorkQueues, type WorkQueuesOptions } from './work-queues.js';
