import { KubeError, MicroTime, type HubApi } from '@hub/kube';
import { replicaLeaseMetadata, replicaLeaseName } from './lease-record.js';

export interface LeaseOptions {
  readonly namespace: string;
  readonly replica: string;
  /** How long a replica's Lease lives without renewal, and how often it is renewed. */
  readonly durationMs: number;
  readonly renewMs: number;
  readonly nowMs: () => number;
}

/** How often a renewal is tried before the next one is due. */
const renewTries = 3;
/** How soon a replica that starts asks again for its own Lease. */
const startAgainMs = 500;
/** What another try may find otherwise; the others are for a person to mend. */
const passing: readonly KubeError['kind'][] = ['timeout', 'unreachable', 'unavailable', 'throttled', 'conflict', 'alreadyExists'];

/** The Lease that a replica lives by. Whether it is valid is judged by the local monotonic clock, so that no two clocks have to agree (design 6). */
export class OwnLease {
  private validUntilMs = 0;
  private isLeaving = false;
  /** Nobody is to count on this replica; what it has not given back is its own still. */
  private saysLeaving = false;
  private renewing: Promise<void> | undefined;

  constructor(
    private readonly api: HubApi,
    private readonly options: LeaseOptions,
    private readonly host: {
      /** It is not valid, and was renewed too late if it was held before: whatever was held by it may be another's. */
      readonly lapsed: () => void;
      readonly failed: (error: unknown) => void;
    },
  ) {}

  get isValid(): boolean {
    return this.outlasts(0);
  }

  /** Whether it is valid for longer than so many ms from now. */
  outlasts(ms: number): boolean {
    return this.options.nowMs() + ms < this.validUntilMs;
  }

  /**
   * Takes it for the first time.
   * @param timeoutMs for so long it is tried, where the hub cluster is slow, or away for a moment
   * @throws KubeError where it can't be had
   */
  async take(timeoutMs: number): Promise<void> {
    const { nowMs, renewMs } = this.options;
    const deadlineMs = nowMs() + timeoutMs;
    for (;;) {
      try {
        await this.within(this.write(), renewMs);
        return;
      } catch (error) {
        if (nowMs() >= deadlineMs || this.isLeaving || !passes(error)) throw error;
        this.host.failed(error);
        await new Promise((resolve) => setTimeout(resolve, startAgainMs));
      }
    }
  }

  /** Renews it; whoever asks meanwhile waits for the same, because of two at once one would be refused. @throws KubeError */
  renew(): Promise<void> {
    this.renewing ??= this.renewInTime().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** Has it say that this replica leaves: it goes on being renewed, and holds what was not given back. @throws KubeError where it can't be told */
  async sayLeaving(): Promise<void> {
    this.saysLeaving = true;
    await this.renewing?.catch(() => undefined);
    this.renewing = this.within(this.write(), this.options.renewMs).finally(() => (this.renewing = undefined));
    await this.renewing;
  }

  /** From here on a renewal that fails is not tried again. */
  leave(): void {
    this.isLeaving = true;
  }

  /** Gives it up, so that the others need not wait until it ends. @throws KubeError; it is not valid here any more all the same */
  async giveUp(): Promise<void> {
    try {
      await this.api.deleteLease(this.options.namespace, replicaLeaseName(this.options.replica));
    } finally {
      this.validUntilMs = 0;
    }
  }

  /** Tries again at once while there is time: one call that is never answered is not to cost every cluster. */
  private async renewInTime(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.within(this.write(), this.options.renewMs);
        return;
      } catch (error) {
        if (tries === renewTries || !this.isValid || this.isLeaving) throw error;
        this.host.failed(error);
      }
    }
  }

  /** Whatever it waits for, credentials too, must not keep the next one from being tried. */
  private async within(renewal: Promise<void>, ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new KubeError('timeout', 'the Lease could not be renewed in time')), ms);
    });
    await Promise.race([renewal, late]).finally(() => clearTimeout(timer));
  }

  /** Valid from before the request was sent: whatever the server's clock says, the Lease did not begin earlier. */
  private async write(): Promise<void> {
    const { namespace, replica, durationMs, nowMs } = this.options;
    const beganMs = nowMs();
    this.noticeLapse();
    const holderIdentity = this.saysLeaving ? '' : replica;
    const spec = { holderIdentity, leaseDurationSeconds: Math.ceil(durationMs / 1000), renewTime: new MicroTime() };
    const name = replicaLeaseName(replica);
    const existing = await this.api.getLease(namespace, name);
    if (existing) await this.api.replaceLease(namespace, name, { ...existing, spec: { ...existing.spec, ...spec } });
    else {
      const metadata = replicaLeaseMetadata(replica);
      await this.api.createLease(namespace, { metadata, spec: { ...spec, acquireTime: new MicroTime() } });
    }
    // It may have lapsed while the request was under way.
    this.noticeLapse();
    // An earlier one that was given up may end later.
    this.validUntilMs = Math.max(this.validUntilMs, beganMs + durationMs);
  }

  private noticeLapse(): void {
    if (!this.isValid) this.host.lapsed();
  }
}

function passes(error: unknown): boolean {
  return error instanceof KubeError && passing.includes(error.kind);
}
