import { hash } from 'node:crypto';
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { WorkQueues } from '@hub/workqueue';
import type { Logger } from '@hub/telemetry';
import type { RequestRows, TargetGroupRow } from './target-group-row.js';

/** So many rows are read in one go: whoever reconciles does not wait for longer. */
const readAtOnce = 100;
/** How soon a row that Redis did not take away is taken away again. */
const againMs = 1000;

/** Writes the rows of requests where they differ from what was written last. They are a view: losing them costs nothing but time. */
export class RowWriter {
  /** What was written last, by cluster and request: a digest, for the rows themselves are long. */
  private readonly written = new Map<string, Map<string, string>>();
  /** Rows that are to go and that Redis did not take away, by cluster: nobody reports on what is gone once more. */
  private readonly owed = new Map<string, Set<string>>();

  constructor(
    private readonly queues: WorkQueues,
    private readonly logger: Logger,
  ) {}

  /** Whether rows of a request were written, and not lost since as far as is known. */
  has(cluster: string, request: string): boolean {
    return this.written.get(cluster)?.has(request) ?? false;
  }

  put(cluster: string, request: string, rows: RequestRows): void {
    const isEmpty = rows.groups.length === 0 && rows.withheld.length === 0;
    const text = isEmpty ? undefined : JSON.stringify(rows);
    // That it was looked at again is no difference.
    const content = text && hash('sha256', text.replaceAll(/"observedAt":"[^"]*"/g, ''), 'base64url');
    let known = this.written.get(cluster);
    if (!known) this.written.set(cluster, (known = new Map()));
    // Where it is not known what was written, there may be rows of what is gone.
    if (content !== undefined && known.get(request) === content) return;
    if (content === undefined) known.delete(request);
    else known.set(request, content);
    const write = text === undefined ? this.queues.rows.remove(cluster, request) : this.queues.rows.put(cluster, request, text);
    write.catch((error: unknown) => {
      known.delete(request);
      if (text === undefined) this.owe(cluster, request);
      this.logger.debug({ cluster, error }, 'a row could not be written');
    });
  }

  /**
   * The rows of some clusters. Those whose text is in `known` are the same objects again; `known` is what was read before, by text, and holds
   * afterwards what was read now.
   * @throws RowsUnreadable where Redis can't be reached
   */
  async read(clusters: readonly string[], known = new Map<string, RequestRows>()): Promise<readonly RequestRows[]> {
    const texts = await this.queues.rows.read(clusters);
    const rows: RequestRows[] = [];
    for (const [index, text] of texts.entries()) {
      if (index > 0 && index % readAtOnce === 0) await othersFirst();
      rows.push(known.get(text) ?? (JSON.parse(text) as RequestRows));
    }
    known.clear();
    for (const [index, row] of rows.entries()) known.set(texts[index] ?? '', row);
    return rows;
  }

  /** The target groups of some clusters. @throws RowsUnreadable where Redis can't be reached */
  async targetGroups(clusters: readonly string[], known?: Map<string, RequestRows>): Promise<readonly TargetGroupRow[]> {
    return (await this.read(clusters, known)).flatMap((rows) => rows.groups);
  }

  /** Redis has forgotten: the rows of the cluster are written again as they come. */
  forget(cluster: string): void {
    this.written.delete(cluster);
  }

  /** Another holds the cluster: its rows are not this replica's any more. */
  letGo(cluster: string): void {
    this.forget(cluster);
    this.owed.delete(cluster);
  }

  async clear(cluster: string): Promise<void> {
    this.letGo(cluster);
    await this.queues.rows.clear(cluster).catch((error: unknown) => this.logger.debug({ cluster, error }, 'rows could not be cleared'));
  }

  private owe(cluster: string, request: string): void {
    const requests = this.owed.get(cluster) ?? new Set();
    this.owed.set(cluster, requests.add(request));
    setTimeout(() => {
      if (this.owed.get(cluster)?.delete(request) && !this.has(cluster, request)) this.put(cluster, request, nothing);
    }, againMs).unref();
  }
}

const nothing: RequestRows = { groups: [], withheld: [] };
