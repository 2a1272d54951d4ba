import { hash } from 'node:crypto';
import { formatRequest, keyText, type TargetGroupKey } from '@hub/model';
import { foundChanged, isContested, noUndo, settled, type UndoHistory } from '@hub/plan';

/** What is remembered of requests to tell whether something else keeps undoing the hub's work. It is this replica's memory, and no more. */
export class Contests {
  private readonly histories = new Map<string, UndoHistory>();

  constructor(private readonly nowMs: () => number) {}

  isContested(request: string): boolean {
    return isContested(this.histories.get(request) ?? noUndo, this.nowMs());
  }

  /** The request's group is as it must be. */
  settled(request: string, desired: string): void {
    this.histories.set(request, settled(this.histories.get(request) ?? noUndo, digest(desired)));
  }

  /** The request's group is not as it must be. @returns whether it is to be left alone from now on */
  foundChanged(request: string, desired: string): boolean {
    const history = foundChanged(this.histories.get(request) ?? noUndo, digest(desired), this.nowMs());
    this.histories.set(request, history);
    return isContested(history, this.nowMs());
  }

  /** There is nothing any more that could be undone. */
  forgetRequest(request: string): void {
    this.histories.delete(request);
  }

  forget(cluster: string): void {
    for (const id of this.histories.keys()) if (id.startsWith(`${cluster}/`)) this.histories.delete(id);
  }
}

/** What a request is remembered by. */
export function contestId(key: TargetGroupKey): string {
  return keyText(key.cluster, formatRequest(key));
}

/** What a group must be is long, and there are tens of thousands of groups: only whether it is the same matters. */
function digest(desired: string): string {
  return hash('sha256', desired, 'base64url');
}
