import { Worker, type Job } from 'bullmq';
import type { RedisConnection } from './redis.js';

/** What Redis holds of a request: its key, and no more. */
export type RequestJob = Job<{ readonly request: string }>;

/** Where a queue is in Redis. */
export interface QueuePlace {
  readonly name: string;
  readonly prefix: string;
  readonly connection: RedisConnection;
}

/** Nobody but the holder takes jobs of a queue, so a lock only has to outlast any wait for a budget; one that ended is trouble like any other. */
const lockMs = 3_600_000;

/**
 * Takes jobs when it is told that there are some (docs.bullmq.io/patterns/manually-fetching-jobs), because whoever adds them is in the same
 * process. BullMQ gives every worker a connection of its own to wait on, and asks each queue now and then for jobs that nobody works on any more;
 * with a queue for each member that is a thousand connections that do nothing. This one has neither.
 */
export class AskingWorker extends Worker<{ readonly request: string }> {
  constructor(
    { name, prefix, connection }: QueuePlace,
    private readonly token: string,
  ) {
    super(name, undefined, {
      connection,
      prefix,
      autorun: false,
      skipVersionCheck: true,
      lockDuration: lockMs,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
  }

  /** The next job, where there is one now. @throws Error where Redis does not give it */
  async take(): Promise<RequestJob | undefined> {
    return (await this.getNextJob(this.token, { block: false })) ?? undefined;
  }

  /** Ends a job and takes the next one, in one call. @throws Error where Redis does not take it */
  async complete(job: RequestJob): Promise<RequestJob | undefined> {
    const next = (await job.moveToCompleted(undefined, this.token, true)) as Parameters<Worker['nextJobFromJobData']> | undefined;
    return (await this.nextJobFromJobData(next?.[0], next?.[1], this.token)) ?? undefined;
  }

  protected override createBackend(): void {
    this.backend = this.backendFactory(this.name, this.opts, { withBlockingConnection: false });
  }
}
