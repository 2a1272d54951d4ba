import type { WriteAttempt } from '../fleet/aws-gate.js';

/** What the numbers in the User-Agents say. */
export interface FencingReport {
  /**
   * Attempts that began under a number after somebody had written under a higher one, more late arrivals under one number than can have been under
   * way, and numbers that two replicas used.
   */
  readonly violations: readonly string[];
  /** Attempts that had begun before, and came after. */
  readonly late: number;
  /** By how much the latest of them. */
  readonly latestMs: number;
}

/** How many requests of a member are worked on at once (WORKERS_PER_CLUSTER): as many attempts can be under way when its holder loses it. */
const underWayAtMost = 8;

/** What is known of the numbers of a member. */
interface Numbers {
  highest: number;
  /** When somebody wrote under the highest first. */
  firstAtMs: number;
  readonly owners: Map<number, string>;
  readonly late: Map<number, number>;
}

/** Watches the fencing numbers of every write. */
export class Fencing {
  private readonly members = new Map<string, Numbers>();
  private readonly violations: string[] = [];
  private late = 0;
  private latestMs = 0;

  note(attempt: WriteAttempt): void {
    const { cluster, fence, replica, operation, arrivedAtMs } = attempt;
    if (cluster === '' || fence === 0) {
      this.violations.push(`${operation} without a number`);
      return;
    }
    const numbers = this.numbersOf(cluster);
    const owner = numbers.owners.get(fence) ?? replica;
    numbers.owners.set(fence, owner);
    if (owner !== replica) this.violations.push(`${cluster}.${fence} is used by ${owner} and by ${replica}`);
    if (fence < numbers.highest) this.noteOld(attempt, numbers);
    if (fence <= numbers.highest) return;
    numbers.highest = fence;
    numbers.firstAtMs = arrivedAtMs;
  }

  report(): FencingReport {
    return { violations: this.violations, late: this.late, latestMs: this.latestMs };
  }

  private numbersOf(cluster: string): Numbers {
    const known = this.members.get(cluster) ?? {
      highest: 0,
      firstAtMs: 0,
      owners: new Map<number, string>(),
      late: new Map<number, number>(),
    };
    this.members.set(cluster, known);
    return known;
  }

  /** The hub signs an attempt just before it asks whether it may be made. The date of a signature is cut to the second, so it is never too late. */
  private noteOld({ cluster, fence, operation, signedAtMs, arrivedAtMs }: WriteAttempt, { highest, firstAtMs, late }: Numbers): void {
    const afterMs = signedAtMs - firstAtMs;
    if (afterMs >= 0)
      this.violations.push(`${operation} under ${cluster}.${fence}, signed ${afterMs} ms after the first write under ${highest}`);
    const count = (late.get(fence) ?? 0) + 1;
    late.set(fence, count);
    if (count === underWayAtMost + 1) this.violations.push(`more than ${underWayAtMost} late arrivals under ${cluster}.${fence}`);
    this.late++;
    this.latestMs = Math.max(this.latestMs, arrivedAtMs - firstAtMs);
  }
}
