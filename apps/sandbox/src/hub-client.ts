import { setTimeout as sleep } from 'node:timers/promises';

/** A target group as the hub's API shows it. */
export interface TargetGroupRow {
  readonly arn: string | null;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly vpc: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly export: string;
  readonly exportPort: number | null;
  readonly protocol: string;
  readonly protocolVersion: string | null;
  readonly port: number;
  readonly healthCheck: Readonly<Record<string, unknown>> | null;
  readonly targets: readonly { readonly ip: string; readonly port: number; readonly status: string }[];
  readonly policy: { readonly cluster: string; readonly namespace: string; readonly name: string } | null;
  readonly state: string;
  readonly reason: string;
}

/** Reads the hub's REST API, as any client would. */
export class HubClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  targetGroups(): Promise<readonly TargetGroupRow[]> {
    return this.list<TargetGroupRow>('/api/v1/target-groups');
  }

  /** All pages of a list. @throws Error where the hub refuses it or does not answer */
  async list<T>(path: string): Promise<readonly T[]> {
    const items: T[] = [];
    let next: string | undefined;
    do {
      const page = await this.get<{ readonly items: readonly T[]; readonly continue?: string }>(
        next === undefined ? path : `${path}?continue=${encodeURIComponent(next)}`,
      );
      items.push(...page.items);
      next = page.continue;
    } while (next !== undefined);
    return items;
  }

  /** @throws Error where the hub refuses it or does not answer */
  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

/**
 * Waits until something holds, asking again and again.
 * @param holds says what is missing, or undefined when nothing is
 * @throws Error with what was missing last, when the time is up
 */
export async function until(what: string, timeoutMs: number, holds: () => Promise<string | undefined>): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const missing = await holds();
    if (missing === undefined) return;
    if (performance.now() > deadline) throw new Error(`${what}: after ${timeoutMs / 1000} s still ${missing}`);
    await sleep(20);
  }
}
