import type { ObjectStore } from '../store/object-store.js';

/**
 * Waits until the store has reached a revision.
 * @param waitMs the longest wait, in real milliseconds
 * @returns whether it was reached in time
 */
export function waitForRevision(store: ObjectStore, revision: number, waitMs: number, signal?: AbortSignal): Promise<boolean> {
  if (store.revision >= revision) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      unsubscribe();
      signal?.removeEventListener('abort', finish);
      resolve(store.revision >= revision);
    };
    const timer = setTimeout(finish, waitMs);
    timer.unref();
    const unsubscribe = store.onWrite(() => {
      if (store.revision >= revision) finish();
    });
    signal?.addEventListener('abort', finish);
  });
}
