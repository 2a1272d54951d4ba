/**
 * Does something that has to end within a time, or when the signal says so. What has ended leaves nothing behind: a timer of AbortSignal.timeout, and
 * whatever hangs on it, stays until its time is over, however soon the answer came.
 * @param act is told when its time is over by its own signal: a TimeoutError, or the reason of the one above
 */
export async function withDeadline<T>(ms: number, above: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(above.reason);
  const late = () => controller.abort(new DOMException('no answer in time', 'TimeoutError'));
  const timer = setTimeout(late, ms).unref();
  above.addEventListener('abort', stop, { once: true });
  if (above.aborted) stop();
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
    above.removeEventListener('abort', stop);
  }
}
