import { conditionTypes } from '@hub/api';
import type { ExportSummary, HubEvent } from '@hub/fleet';

/** Tells once what is wrong with an export as it was written; what was so before this began is no news. */
export class ExportNews {
  private known: ReadonlyMap<string, string> = new Map();

  /** @param since what was said earlier than this, RFC 3339, was told by whoever worked on the cluster before */
  constructor(private readonly since: string) {}

  /** The events that the exports of a member are worth now; asked again with the same exports it has none. */
  of(summaries: readonly ExportSummary[]): readonly HubEvent[] {
    const known = this.known;
    this.known = new Map(summaries.map((summary) => [keyOf(summary), problemOf(summary)?.message ?? '']));
    return summaries.flatMap((summary) => {
      const problem = problemOf(summary);
      const before = known.get(keyOf(summary));
      if (!problem || problem.message === before) return [];
      if (before === undefined && problem.lastTransitionTime < this.since) return [];
      return [eventOf(summary, problem)];
    });
  }
}

function problemOf({ conditions }: ExportSummary) {
  return conditions.find(({ type, status }) => type === conditionTypes.valid && status === 'False');
}

function keyOf({ namespace, name, uid }: ExportSummary): string {
  return `${namespace}/${name}/${uid}`;
}

function eventOf(
  { namespace, name, uid }: ExportSummary,
  { reason, message }: { readonly reason: string; readonly message: string },
): HubEvent {
  const regarding = { apiVersion: 'application-networking.k8s.aws/v1alpha1', kind: 'ServiceExport', namespace, name, uid };
  return { type: 'Warning', reason, note: message, regarding };
}
