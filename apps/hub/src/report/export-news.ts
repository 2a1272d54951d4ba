import { conditionTypes } from '@hub/api';
import type { ExportSummary, HubEvent } from '@hub/fleet';
import { keyText } from '@hub/model';

/** Tells once what is wrong with an export as it was written; what was so before this began is no news. */
export class ExportNews {
  /** The exports with which something is wrong, and what. */
  private known: ReadonlyMap<string, string> = new Map();

  /** @param since what was said earlier than this, RFC 3339, was told by whoever worked on the cluster before */
  constructor(private readonly since: string) {}

  /** The events that the exports of a member are worth now; asked again with the same exports it has none. */
  of(summaries: readonly ExportSummary[]): readonly HubEvent[] {
    const known = this.known;
    const wrong = summaries.flatMap((summary) => {
      const problem = problemOf(summary);
      return problem ? [{ summary, problem, key: keyOf(summary) }] : [];
    });
    this.known = new Map(wrong.map(({ key, problem }) => [key, problem.message]));
    return wrong.flatMap(({ summary, problem, key }) => {
      const before = known.get(key);
      if (problem.message === before) return [];
      if (before === undefined && problem.lastTransitionTime < this.since) return [];
      return [eventOf(summary, problem)];
    });
  }
}

function problemOf({ conditions }: ExportSummary) {
  return conditions.find(({ type, status }) => type === conditionTypes.valid && status === 'False');
}

function keyOf({ namespace, name, uid }: ExportSummary): string {
  return keyText(namespace, name, uid);
}

function eventOf(
  { namespace, name, uid }: ExportSummary,
  { reason, message }: { readonly reason: string; readonly message: string },
): HubEvent {
  const regarding = { apiVersion: 'application-networking.k8s.aws/v1alpha1', kind: 'ServiceExport', namespace, name, uid };
  return { type: 'Warning', reason, note: message, regarding };
}
