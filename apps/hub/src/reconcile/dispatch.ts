import type { Fleet } from '@hub/fleet';
import { formatRequest } from '@hub/model';
import { affectedRequests, type Change, type RequestIndex } from '@hub/plan';
import type { Logger } from '@hub/telemetry';
import type { Urgency, WorkQueues } from '@hub/workqueue';
import { LoopGate } from '../loop-gate.js';

export interface DispatchDeps {
  readonly fleet: Pick<Fleet, 'member'>;
  readonly queues: Pick<WorkQueues, 'add'>;
  readonly requests: RequestIndex;
  readonly logger: Logger;
}

/** From a change to the requests in the queues of their clusters, and from there to the moment that each begins: an account after the other (docs/adr/0014). */
export class Dispatch {
  /** What changes many clusters at once is added over several turns, so that the first calls to each account need not wait for the last addition. */
  private readonly adding = new LoopGate(8);
  /** Did thousands of requests begin at once, every answer would wait for all of them, that to the renewal of the hub's own Lease too. */
  private readonly beginning = new LoopGate(16);

  constructor(private readonly deps: DispatchDeps) {}

  /** A change becomes the requests that might be wrong now; one add for each cluster. */
  changed(change: Change): void {
    const byCluster = Map.groupBy(affectedRequests(change, this.deps.requests), (key) => key.cluster);
    for (const [cluster, keys] of byCluster) {
      const requests = keys.map(formatRequest);
      if (byCluster.size === 1) this.add(cluster, requests, 'change');
      else void this.adding.enter(this.accountOf(cluster)).then(() => this.add(cluster, requests, 'change'));
    }
  }

  /** Adds requests to the queue of their cluster. */
  add(cluster: string, requests: readonly string[], urgency: Urgency): void {
    const { queues, logger } = this.deps;
    // Without Redis the change is not lost: the queue adds it again, and when Redis is back, every cluster is gone through.
    queues.add(cluster, requests, urgency).catch((error: unknown) => logger.debug({ cluster, error }, 'requests could not be added'));
  }

  /** Resolves when a request of a cluster may begin. */
  async begin(cluster: string): Promise<void> {
    // By account, and not by member: those of one member begin together, and are reported on together.
    await this.beginning.enter(this.accountOf(cluster));
  }

  private accountOf(cluster: string): string {
    return this.deps.fleet.member(cluster)?.record.spec.aws.accountId ?? cluster;
  }
}
