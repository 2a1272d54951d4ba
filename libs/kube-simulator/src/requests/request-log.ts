/** One request as it was answered. */
export interface RequestRecord {
  /** In milliseconds since 1970, by the cluster's clock. */
  readonly atMs: number;
  /** The verb of the API; the method, in lower case, for paths that are no resource. */
  readonly verb: string;
  /** The plural of the resource, with the subresource behind a slash; the path where it is no resource. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
  readonly userAgent: string;
  /** 0 where no answer was sent. */
  readonly status: number;
}

/** By what requests can be counted. */
export type RequestFilter = Partial<Pick<RequestRecord, 'verb' | 'resource' | 'namespace' | 'user' | 'userAgent' | 'status'>>;

/** How many requests of one kind there were. */
export interface RequestCount extends Omit<RequestRecord, 'atMs' | 'name'> {
  readonly count: number;
}

/** What has been asked of a cluster: exact counters, and the latest requests one by one. */
export class RequestLog {
  private readonly counts = new Map<string, { readonly record: RequestRecord; count: number }>();
  private readonly records: RequestRecord[] = [];
  private connections = 0;

  /** @param maxRecords how many requests are kept one by one */
  constructor(private readonly maxRecords: number) {}

  add(record: RequestRecord): void {
    const { verb, resource, namespace, user, userAgent, status } = record;
    const key = JSON.stringify([verb, resource, namespace, user, userAgent, status]);
    const entry = this.counts.get(key);
    if (entry === undefined) this.counts.set(key, { record, count: 1 });
    else entry.count += 1;
    this.records.push(record);
    if (this.records.length > this.maxRecords * 2) this.records.splice(0, this.records.length - this.maxRecords);
  }

  addConnection(): void {
    this.connections += 1;
  }

  /** How many connections were accepted. */
  get connectionCount(): number {
    return this.connections;
  }

  /** How many requests there were that fit. */
  count(filter: RequestFilter = {}): number {
    let sum = 0;
    for (const { record, count } of this.counts.values()) if (fits(record, filter)) sum += count;
    return sum;
  }

  /** Every counter that fits. */
  counters(filter: RequestFilter = {}): RequestCount[] {
    return [...this.counts.values()]
      .filter(({ record }) => fits(record, filter))
      .map(({ record: { atMs: _atMs, name: _name, ...rest }, count }) => ({ ...rest, count }));
  }

  /** The latest requests that fit, the oldest first. */
  recent(filter: RequestFilter = {}): RequestRecord[] {
    return this.records.slice(-this.maxRecords).filter((record) => fits(record, filter));
  }

  /** Begins to count anew. */
  reset(): void {
    this.counts.clear();
    this.records.length = 0;
    this.connections = 0;
  }
}

function fits(record: RequestRecord, filter: RequestFilter): boolean {
  return Object.entries(filter).every(([field, value]) => value === undefined || record[field as keyof RequestFilter] === value);
}
