import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The hub's metrics, on a registry of their own. Series of a cluster go with it. */
export class HubMetrics {
  readonly registry = new Registry();

  readonly awsAttempts = new Counter({
    name: 'lattice_hub_aws_attempts_total',
    help: 'Attempts of AWS calls, by operation, account, region and outcome',
    labelNames: ['operation', 'account', 'region', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly awsAttemptSeconds = new Histogram({
    name: 'lattice_hub_aws_attempt_seconds',
    help: 'How long attempts of AWS calls took',
    labelNames: ['operation'] as const,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 8],
    registers: [this.registry],
  });

  readonly reconciles = new Counter({
    name: 'lattice_hub_reconciles_total',
    help: 'Requests worked on, by cluster and result',
    labelNames: ['cluster', 'result'] as const,
    registers: [this.registry],
  });

  readonly reconcileSeconds = new Histogram({
    name: 'lattice_hub_reconcile_seconds',
    help: 'How long a request took from its start to its report',
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 30],
    registers: [this.registry],
  });

  readonly steps = new Counter({
    name: 'lattice_hub_plan_steps_total',
    help: 'Steps of plans that were taken, by cluster and kind',
    labelNames: ['cluster', 'kind'] as const,
    registers: [this.registry],
  });

  readonly withheld = new Gauge({
    name: 'lattice_hub_withheld_steps',
    help: 'Steps that are held back now, by cluster and reason',
    labelNames: ['cluster', 'reason'] as const,
    registers: [this.registry],
  });

  readonly clusterState = new Gauge({
    name: 'lattice_hub_member_state',
    help: '1 for the state that a member is in',
    labelNames: ['cluster', 'state'] as const,
    registers: [this.registry],
  });

  readonly clusterHeld = new Gauge({
    name: 'lattice_hub_member_held',
    help: '1 for the members that this replica holds',
    labelNames: ['cluster'] as const,
    registers: [this.registry],
  });

  readonly memberThrottled = new Gauge({
    name: 'lattice_hub_member_throttled_kinds',
    help: 'Kinds of a member of which more events come than are taken in',
    labelNames: ['cluster'] as const,
    registers: [this.registry],
  });

  constructor() {
    // A timer looks how late it is; at the default of 10 ms it alone takes a percent of a core.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 50 });
  }

  /** Takes out the series of a cluster that this replica does not hold any more. */
  forget(cluster: string): void {
    for (const metric of [this.reconciles, this.steps, this.withheld, this.clusterState, this.clusterHeld, this.memberThrottled]) {
      for (const { labels } of Object.values(
        (metric as unknown as { hashMap: Record<string, { labels: Record<string, string> }> }).hashMap,
      )) {
        if (labels['cluster'] === cluster) (metric as Gauge).remove(labels);
      }
    }
  }
}
