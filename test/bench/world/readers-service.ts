import { Agent, request, type IncomingMessage } from 'node:http';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from './serve.js';

/** What readers saw. */
export interface ReadingResult {
  readonly answered: number;
  readonly failed: number;
  readonly watchedLines: number;
}

/** People and programs that read the hub's API all the while: some watch, the others ask for pages at a steady rate. Once started, once stopped. */
export class ReadersService {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly watches: IncomingMessage[] = [];
  private readonly stopping = new AbortController();
  private reading: Promise<void> = Promise.resolve();
  private url = '';
  private token = '';
  private answered = 0;
  private failed = 0;
  private lines = 0;

  /** Begins; resolves when every watch has had its first line. */
  async start(url: string, token: string, watchers: number, readsPerSecond: number): Promise<void> {
    this.url = url;
    this.token = token;
    await Promise.all(Array.from({ length: watchers }, () => this.watch()));
    this.reading = this.read(readsPerSecond);
  }

  async stop(): Promise<ReadingResult> {
    this.stopping.abort();
    await this.reading;
    for (const watch of this.watches) watch.destroy();
    this.agent.destroy();
    return { answered: this.answered, failed: this.failed, watchedLines: this.lines };
  }

  private async watch(): Promise<void> {
    const answer = await this.get('/api/v1/target-groups?watch=1', undefined);
    if (answer.statusCode !== 200) throw new Error(`a watch was answered with ${answer.statusCode}`);
    this.watches.push(answer);
    await new Promise<void>((resolve) => {
      answer.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) this.lines++;
        resolve();
      });
      // It is cut off at the end.
      answer.on('error', () => resolve());
    });
  }

  private async read(perSecond: number): Promise<void> {
    const tickMs = 10;
    const beganMs = performance.now();
    let asked = 0;
    const open = new Set<Promise<void>>();
    while (!this.stopping.signal.aborted) {
      const due = Math.floor(((performance.now() - beganMs) / 1000) * perSecond);
      for (; asked < due; asked++) {
        const one = this.readOne().finally(() => open.delete(one));
        open.add(one);
      }
      await sleep(tickMs);
    }
    await Promise.all(open);
  }

  private async readOne(): Promise<void> {
    try {
      const answer = await this.get('/api/v1/target-groups?limit=50', this.agent);
      answer.resume();
      await new Promise((resolve, reject) => answer.once('end', resolve).once('error', reject));
      if (answer.statusCode === 200) this.answered++;
      else this.failed++;
    } catch {
      this.failed++;
    }
  }

  private get(path: string, agent: Agent | undefined): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const call = request(new URL(path, this.url), {
        headers: { authorization: `Bearer ${this.token}` },
        ...(agent ? { agent } : { agent: false }),
      });
      call.once('response', resolve).once('error', reject).end();
    });
  }
}

// On machines of their own, readers would take no core from the hub.
setPriority(10);
serve(new ReadersService());
