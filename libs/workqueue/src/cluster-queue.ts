import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { AskingWorker, type QueuePlace, type RequestJob } from './asking-worker.js';

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

/** A job, and which beginning of the queue it was taken from. */
interface Taken {
  readonly job: RequestJob;
  readonly beginning: number;
}

/** A call to Redis takes no longer; while a connection is being made, it could take for ever. */
const answerMs = 10_000;

/**
 * The queue of one cluster: requests go in from anywhere, and are worked on by whoever holds the cluster. A request is a key and no more. However
 * often it is added, it waits once; added while it is worked on, it is worked on once more afterwards; and never twice at once. Jobs always
 * complete: retry and delay are here, in memory, because whoever takes a cluster over goes through all of it anyway. Only its holder adds to it, so
 * nobody waits at Redis for work: an addition opens lanes, and a lane takes jobs until there are no more (docs/adr/0015).
 */
export class ClusterQueue {
  private readonly queue: Queue<{ readonly request: string }>;
  private readonly worker: AskingWorker;
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
  private lanes = 0;
  /** How often something was added: whoever found nothing before an addition has to look again. */
  private additions = 0;
  /** How often the queue began anew: what was taken before is not in it any more. */
  private beginnings = 0;
  /** What an earlier holder left may be in the queue, or what was lost with an answer: it has to be emptied before anything is added. */
  private isTorn = true;
  private emptying: Promise<void> | undefined;

  constructor(
    private readonly place: QueuePlace,
    private readonly work: Work,
    private readonly options: QueueOptions & { readonly cutOff: () => void },
  ) {
    const { name, prefix, connection } = place;
    // What a queue says of itself would be left behind by one that is removed while it says so.
    this.queue = new Queue(name, { connection, prefix, skipVersionCheck: true, skipMetasUpdate: true });
    this.worker = new AskingWorker(place, randomUUID());
    this.queue.on('error', options.troubled);
    this.worker.on('error', options.troubled);
  }

  get name(): string {
    return this.place.name;
  }

  /** Empties what an earlier holder may have left, torn states included, and begins. Whoever starts a queue adds every request of its cluster. */
  async start(): Promise<void> {
    await this.empty();
    this.isStarted = true;
  }

  /**
   * Begins anew, empty, after a connection broke; whoever asks for it adds every request of its cluster. A job that was handed over in an answer
   * that was lost would hold up its request for good.
   * @throws Error where Redis can't be reached; then it is emptied before the next addition
   */
  async renew(): Promise<void> {
    if (this.isClosing || !this.isStarted) return;
    this.isTorn = true;
    await this.empty();
  }

  /**
   * Nothing is lost where Redis does not take it, because it is away or full: it is added again and again until it does.
   * @throws Error where it did not take it now
   */
  async add(requests: readonly string[], urgency: Urgency): Promise<void> {
    if (requests.length === 0 || this.isClosing || !this.isStarted) return;
    for (const request of requests) this.clearTimer(request);
    try {
      await this.put(requests, urgency);
    } catch (error) {
      this.owe(requests, urgency);
      throw error;
    }
  }

  /** Whoever comes meanwhile waits for the same end: to empty it twice would take away what was added in between. */
  private async empty(): Promise<void> {
    this.emptying ??= this.obliterate().finally(() => (this.emptying = undefined));
    await this.emptying;
  }

  private async obliterate(): Promise<void> {
    this.beginnings++;
    await answered(this.queue.obliterate({ force: true }));
    this.isTorn = false;
  }

  private async put(requests: readonly string[], urgency: Urgency): Promise<void> {
    if (this.isTorn) await this.empty();
    const priority = priorities[urgency];
    const jobs = requests.map((request) => ({
      name: jobName,
      data: { request },
      opts: { deduplication: { id: request, keepLastIfActive: true }, ...(priority > 0 && { priority }) },
    }));
    const [only] = jobs;
    // Most changes are one request. Each pipeline of the client is made with hundreds of commands of its own, which costs more than the addition.
    await answered<unknown>(only && jobs.length === 1 ? this.queue.add(only.name, only.data, only.opts) : this.queue.addBulk(jobs));
    this.additions++;
    for (let i = 0; i < requests.length && this.lanes < this.options.concurrency; i++) void this.lane();
  }

  /** Works on one job after the other, until there is none. */
  private async lane(): Promise<void> {
    this.lanes++;
    try {
      let taken: Taken | undefined;
      for (;;) {
        const seen = this.additions;
        taken = await this.next(taken);
        if (this.isClosing) return;
        if (taken) await this.process(taken.job);
        else if (seen === this.additions) return;
      }
    } catch (error) {
      if (this.isClosing) return;
      // What was handed over with an answer that never came is nobody's.
      this.isTorn = true;
      this.options.troubled(error as Error);
      this.options.cutOff();
    } finally {
      // In the same turn as the look that found nothing: an addition sees either the lane, or that it is gone.
      this.lanes--;
    }
  }

  /** Ends a job, where there is one and it is in the queue still, and takes the next. @throws Error where Redis does not answer */
  private async next(taken: Taken | undefined): Promise<Taken | undefined> {
    const beginning = this.beginnings;
    try {
      const job = await answered(taken?.beginning === beginning ? this.worker.complete(taken.job) : this.worker.take());
      return job && { job, beginning };
    } catch (error) {
      if (beginning === this.beginnings) throw error;
      // The queue began anew meanwhile: whatever was asked for is not in it any more, and there may be something else.
      return this.next(undefined);
    }
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

  /**
   * Begins nothing more; what is under way may end by itself for so long, and is told to end then. Resolves when nothing is under way.
   * @returns whether nothing is left in Redis that nobody else knows of
   */
  async close(reason: Error, drainMs: number): Promise<boolean> {
    this.isClosing = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    clearTimeout(this.owedTimer);
    const drained = Promise.allSettled(this.running.values());
    const late = setTimeout(() => this.stop.abort(reason), drainMs);
    await drained;
    clearTimeout(late);
    this.stop.abort(reason);
    await Promise.allSettled([answered(this.worker.close(true))]);
    // Another one may hold the cluster by now, and knows nothing of what was put in here since: nobody else would remove it.
    const removed = drainMs === 0 ? await Promise.allSettled([answered(this.queue.obliterate({ force: true }))]) : [];
    await Promise.allSettled([answered(this.queue.close())]);
    return removed.every(({ status }) => status === 'fulfilled');
  }

  private async process({ data: { request } }: RequestJob): Promise<void> {
    // Two runs of one request can meet when the queue began anew meanwhile.
    while (this.running.has(request)) await this.running.get(request);
    if (this.isClosing) return;
    const run = this.run(request, this.stop.signal);
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
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${answerMs / 1000} s`)), answerMs).unref();
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
