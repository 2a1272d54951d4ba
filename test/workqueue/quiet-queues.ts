import { WorkQueues } from '@hub/workqueue';

/** The queues of one replica over a Redis, to which nothing happens but what a test does. */
export function quietQueues(redisUrl: string): WorkQueues {
  return new WorkQueues({
    redisUrl,
    hubId: 'test',
    emptiedCheckMs: 60_000,
    forgot: () => undefined,
    concurrency: 1,
    backoff: { firstMs: 50, mostMs: 500 },
    random: () => 0.5,
    failed: () => undefined,
    troubled: () => undefined,
  });
}
