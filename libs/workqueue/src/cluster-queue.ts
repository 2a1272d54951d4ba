import { Queue, Worker, type Job } from 'bullmq';
import type { RedisConnection } from './redis.js';

/** What a request came to. */
export interface WorkResult {
  /** When to look again, although nobody may have asked by then. */
  readonly againAfterMs?: number;
  /** Nothing went wrong, but it is not done either: look again, each time a little later. */
  readonly isWaiting?: boolean;
}

/** Works on one request. It must end soon after the signal says so. What it throws is retried with a growing delay. */
export type Work = (request: string, signal: AbortSignal) => Promise<WorkResult>;

export interface QueueOptions {
  /** How many requests of one cluster are worked on at once. */
  readonly concurrency: number;
  /** How long one call to Redis waits for work; the longer, the less a quiet fleet costs. */
  readonly waitMs: number;
  readonly backoff: { readonly firstMs: number; readonly mostMs: number };
  /** From 0 to 1. */
  readonly random: () => number;
  readonly failed: (request: string, error: unknown) => void;
  /** Trouble with Redis itself. */
  readonly troubled: (error: Error) => void;
}

/** How urgent a request is: what a person or an event asks for goes before what repairs in passing. */
export type Urgency = 'change' | 'resync' | 'audit';

const priorities: Readonly<Record<Urgency, number>> = { change: 0, resync: 10, audit: 20 };
const jobName = 'reconcile';
/** A call to Redis takes no longer; while a connection is being made, it could take for ever. */
const answerMs = 10_000;

/**
 * The queue of one cluster: requests go in from anywhere, and are worked on by whoever holds the cluster. A request is a key and no more. However
 * often it is added, it waits once; added while it is worked on, it is worked on once more afterwards; and never twice at once. Jobs always
 * complete: retry and delay are here, in memory, because whoever takes a cluster over goes through all of it anyway.
 */
export class ClusterQueue {
  private readonly queue: Queue<{ readonly request: string }>;
  private readonly makeWorker: () => Worker<{ readonly request: string }>;
  private worker: Worker<{ readonly request: string }>;
  private readonly running = new Map<string, Promise<void>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly failures = new Map<string, number>();
  /** Requests that Redis did not take, to be added again. */
  private readonly owed = new Map<string, Urgency>();
  private owedTimer: NodeJS.Timeout | undefined;
  private owedTries = 0;
  private readonly stop = new AbortController();
  private isClosing = false;
  private isStarted = false;

  constructor(
    readonly name: string,
    prefix: string,
    connections: { readonly adding: RedisConnection; readonly waiting: RedisConnection },
    private readonly work: Work,
    private readonly options: QueueOptions & { readonly cutOff: () => void },
  ) {
    // Whoever adds hears at once where there is no Redis; whoever waits for work waits for as long as it takes.
    this.queue = new Queue(name, { connection: connections.adding, prefix, skipVersionCheck: true });
    this.queue.on('error', options.troubled);
    this.makeWorker = () => this.workerOf(name, prefix, connections.waiting);
    this.worker = this.makeWorker();
  }

  /** Empties what an earlier holder may have left, torn states included, and begins. Whoever starts a queue adds every request of its cluster. */
  async start(): Promise<void> {
    await answered(this.queue.obliterate({ force: true }));
    this.isStarted = true;
    void this.worker.run().catch(this.options.troubled);
  }

  /**
   * Begins anew, empty, after a connection broke; whoever asks for it adds every request of its cluster. Whoever waited for work on that connection
   * may go on waiting, for up to a minute, for what never comes (github.com/taskforcesh/bullmq/issues/4479), and a job that was handed over in
   * an answer that was lost would hold up its request until its lock ends.
   * @throws Error where Redis can't be reached
   */
  async renew(): Promise<void> {
    if (this.isClosing || !this.isStarted) return;
    const old = this.worker;
    const worker = this.makeWorker();
    this.worker = worker;
    void old.close(true).catch(this.options.troubled);
    try {
      await answered(this.queue.obliterate({ force: true }));
    } finally {
      // Another one may have been made meanwhile, and begins by itself.
      if (!this.isClosing && this.worker === worker) void worker.run().catch(this.options.troubled);
    }
  }

  /**
   * Nothing is lost where Redis does not take it, because it is away or full: it is added again and again until it does.
   * @throws Error where it did not take it now
   */
  async add(requests: readonly string[], urgency: Urgency): Promise<void> {
    if (requests.length === 0 || this.isClosing) return;
    for (const request of requests) this.clearTimer(request);
    try {
      await this.put(requests, urgency);
    } catch (error) {
      this.owe(requests, urgency);
      throw error;
    }
  }

  private async put(requests: readonly string[], urgency: Urgency): Promise<void> {
    const priority = priorities[urgency];
    const added = this.queue.addBulk(
      requests.map((request) => ({
        name: jobName,
        data: { request },
        opts: { deduplication: { id: request, keepLastIfActive: true }, ...(priority > 0 && { priority }) },
      })),
    );
    await answered(added);
  }

  private owe(requests: readonly string[], urgency: Urgency): void {
    for (const request of requests) {
      const known = this.owed.get(request);
      if (known === undefined || priorities[urgency] < priorities[known]) this.owed.set(request, urgency);
    }
    if (this.owedTimer || this.isClosing) return;
    const afterMs = Math.min(10_000, 500 * 2 ** Math.min(this.owedTries++, 10));
    this.owedTimer = setTimeout(() => void this.settle(), afterMs * (0.5 + this.options.random() / 2)).unref();
  }

  private async settle(): Promise<void> {
    this.owedTimer = undefined;
    const owed = Map.groupBy(this.owed, ([, urgency]) => urgency);
    this.owed.clear();
    for (const [urgency, entries] of owed) {
      const requests = entries.map(([request]) => request);
      await this.put(requests, urgency).catch(() => this.owe(requests, urgency));
    }
    if (this.owed.size === 0) this.owedTries = 0;
  }

  /** The queue itself, for whoever shows it. */
  get shown(): Queue {
    return this.queue;
  }

  /** How many requests wait or are worked on. */
  async depth(): Promise<number> {
    const counts = await this.queue.getJobCounts('waiting', 'prioritized', 'active');
    return Object.values(counts).reduce((sum, count) => sum + count, this.owed.size);
  }

  /** Begins nothing more; what is under way may end by itself for so long, and is told to end then. Resolves when nothing is under way. */
  async close(reason: Error, drainMs: number): Promise<void> {
    this.isClosing = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    clearTimeout(this.owedTimer);
    const drained = Promise.allSettled(this.running.values());
    const late = setTimeout(() => this.stop.abort(reason), drainMs);
    await drained;
    clearTimeout(late);
    this.stop.abort(reason);
    await Promise.allSettled([answered(this.worker.close(true)), answered(this.queue.close())]);
  }

  private workerOf(name: string, prefix: string, connection: RedisConnection): Worker<{ readonly request: string }> {
    const worker = new Worker<{ readonly request: string }>(name, (job, _token, signal) => this.process(job, signal), {
      connection,
      prefix,
      autorun: false,
      skipVersionCheck: true,
      concurrency: this.options.concurrency,
      drainDelay: this.options.waitMs / 1000,
      // How soon it asks for work again after Redis failed; the ordinary 15 s are long for whoever waits.
      runRetryDelay: 500,
      maxStalledCount: 1000,
      // Every queue asks Redis for jobs that nobody works on any more. A lock that is lost while its job runs is heard of below, at once.
      stalledInterval: 60_000,
      lockDuration: 30_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on('error', this.options.troubled);
    worker.on('ioredis:close', () => {
      if (worker === this.worker) this.options.cutOff();
    });
    worker.on('lockRenewalFailed', (jobs) => {
      // Somebody else may begin the same job; the one here must end.
      for (const job of jobs) worker.cancelJob(job, 'its lock could not be renewed');
      // Without its lock a job can't end; the queue begins anew.
      if (worker === this.worker) this.options.cutOff();
    });
    return worker;
  }

  private async process(job: Job<{ readonly request: string }>, cancelled: AbortSignal | undefined): Promise<void> {
    const { request } = job.data;
    // Two runs of one request can meet when Redis was away for longer than a lock lasts.
    while (this.running.has(request)) await this.running.get(request);
    if (this.isClosing) return;
    const run = this.run(request, AbortSignal.any(cancelled ? [this.stop.signal, cancelled] : [this.stop.signal]));
    this.running.set(request, run);
    try {
      await run;
    } finally {
      this.running.delete(request);
    }
  }

  private async run(request: string, signal: AbortSignal): Promise<void> {
    try {
      const result = await this.work(request, signal);
      if (!result.isWaiting) this.failures.delete(request);
      if (result.againAfterMs !== undefined)
        this.again(request, result.isWaiting ? this.delayMs(request, result.againAfterMs) : result.againAfterMs);
    } catch (error) {
      if (this.isClosing) return;
      this.options.failed(request, error);
      this.again(request, this.delayMs(request, this.options.backoff.firstMs));
    }
  }

  /** Doubles with each time in a row, up to a cap, with jitter. */
  private delayMs(request: string, firstMs: number): number {
    const failures = this.failures.get(request) ?? 0;
    this.failures.set(request, failures + 1);
    const full = Math.min(this.options.backoff.mostMs, firstMs * 2 ** Math.min(failures, 20));
    return failures === 0 ? full : full / 2 + this.options.random() * (full / 2);
  }

  private again(request: string, afterMs: number): void {
    if (this.isClosing) return;
    this.clearTimer(request);
    const add = () => {
      this.timers.delete(request);
      this.add([request], 'change').catch((error: Error) => this.options.troubled(error));
    };
    this.timers.set(request, setTimeout(add, Math.max(afterMs, 20)).unref());
  }

  private clearTimer(request: string): void {
    clearTimeout(this.timers.get(request));
    this.timers.delete(request);
  }
}

/** @throws Error where Redis does not answer in time */
async function answered<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${answerMs / 1000} s`)), answerMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
