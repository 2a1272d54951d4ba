import type { WriteAttempt } from '../fleet/aws-gate.js';

/** What the numbers in the User-Agents say. */
export interface FencingReport {
  /** Attempts that began under a number after somebody had written under a higher one; and numbers that two replicas used. */
  readonly violations: readonly string[];
  /** Attempts that had begun before, and came after. */
  readonly late: number;
  /** By how much the latest of them. */
  readonly latestMs: number;
}

/** The hub signs an attempt just before it asks whether it may be made; the date of a signature is in whole seconds. */
const signatureMs = 1000;

/** Watches the fencing numbers of every write. */
export class Fencing {
  private readonly holders = new Map<string, { number: number; readonly byNumber: Map<number, string>; firstAtMs: number }>();
  private readonly violations: string[] = [];
  private late = 0;
  private latestMs = 0;

  note(attempt: WriteAttempt): void {
    const { cluster, fence, replica, operation } = attempt;
    if (cluster === '' || fence === 0) {
      this.violations.push(`${operation} without a number`);
      return;
    }
    const holder = this.holders.get(cluster) ?? { number: 0, byNumber: new Map<number, string>(), firstAtMs: 0 };
    this.holders.set(cluster, holder);
    const owner = holder.byNumber.get(fence) ?? replica;
    holder.byNumber.set(fence, owner);
    if (owner !== replica) this.violations.push(`${cluster}.${fence} is used by ${owner} and by ${replica}`);
    if (fence > holder.number) {
      holder.number = fence;
      holder.firstAtMs = attempt.arrivedAtMs;
    } else if (fence < holder.number) this.noteOld(attempt, holder);
  }

  report(): FencingReport {
    return { violations: this.violations, late: this.late, latestMs: this.latestMs };
  }

  private noteOld(attempt: WriteAttempt, holder: { readonly number: number; readonly firstAtMs: number }): void {
    const { cluster, fence, operation, signedAtMs, arrivedAtMs } = attempt;
    const afterMs = arrivedAtMs - holder.firstAtMs;
    if (signedAtMs >= holder.firstAtMs + signatureMs) {
      this.violations.push(
        `${operation} under ${cluster}.${fence}, signed ${signedAtMs - holder.firstAtMs} ms after the first write under ${holder.number}`,
      );
    }
    this.late++;
    this.latestMs = Math.max(this.latestMs, afterMs);
  }
}
