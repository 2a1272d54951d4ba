import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Stop } from './stop.js';

describe('what stops something by itself or with the signal above', () => {
  it('stops by itself, and leaves the one above as it was', () => {
    const above = new AbortController();
    const stop = new Stop(above.signal);
    stop.abort(new Error('the watch has gone silent'));
    expect(stop.signal).toMatchObject({ aborted: true, reason: { message: 'the watch has gone silent' } });
    expect(above.signal.aborted).toBe(false);
  });

  it('stops with the one above, also where that has ended before', () => {
    const above = new AbortController();
    const before = new Stop(above.signal);
    above.abort(new Error('the hub stops'));
    for (const stop of [before, new Stop(above.signal)])
      expect(stop.signal).toMatchObject({ aborted: true, reason: { message: 'the hub stops' } });
  });

  it('keeps the first reason', () => {
    const above = new AbortController();
    const stop = new Stop(above.signal);
    stop.abort(new Error('first'));
    above.abort(new Error('second'));
    expect(stop.signal.reason).toMatchObject({ message: 'first' });
  });

  it('leaves nothing with the one above when what it stops has ended, and does not follow it any more', () => {
    const above = new AbortController();
    const stop = new Stop(above.signal);
    stop.end();
    expect(getEventListeners(above.signal, 'abort')).toEqual([]);
    above.abort(new Error('the hub stops'));
    expect(stop.signal.aborted).toBe(false);
  });
});
