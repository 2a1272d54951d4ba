import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Logger } from '@hub/telemetry';
import type { WorkQueues } from '@hub/workqueue';
import { RowWriter } from './row-writer.js';
import type { RequestRows } from './target-group-row.js';

const logger = { debug: () => undefined } as unknown as Logger;
const nothing: RequestRows = { groups: [], withheld: [] };
const something = { groups: [], withheld: [{ cluster: 'a', export: 'shop', step: 'create' }] } as unknown as RequestRows;

/** A Redis that keeps rows, and counts what it is asked to write. */
function world() {
  const kept = new Map<string, string>();
  const asked = { writes: 0, isAway: false };
  const rows = {
    put: async (cluster: string, request: string, text: string) => {
      asked.writes++;
      kept.set(`${cluster} ${request}`, text);
    },
    remove: async (cluster: string, request: string) => {
      if (asked.isAway) throw new Error('Redis is away');
      asked.writes++;
      kept.delete(`${cluster} ${request}`);
    },
  };
  return { kept, asked, writer: new RowWriter({ rows } as unknown as WorkQueues, logger) };
}

describe('the rows of a request', () => {
  it('are written where they are different, and once', () => {
    const { kept, asked, writer } = world();
    for (let i = 0; i < 3; i++) writer.put('a', 'one', something);
    expect([...kept.keys()]).toEqual(['a one']);
    expect(asked.writes).toBe(1);
  });

  it('go when there is nothing to show', () => {
    const { kept, writer } = world();
    writer.put('a', 'one', something);
    writer.put('a', 'one', nothing);
    expect(kept.size).toBe(0);
    expect(writer.has('a', 'one')).toBe(false);
  });

  it('go also where it is not known any more what was written', () => {
    const { kept, writer } = world();
    writer.put('a', 'one', something);
    writer.forget('a');
    writer.put('a', 'one', nothing);
    expect(kept.size).toBe(0);
  });

  describe('that could not be taken away', () => {
    afterEach(() => {
      jest.useRealTimers();
    });

    it.each<{ what: string; meanwhile: (writer: RowWriter) => void; left: number }>([
      { what: 'go when Redis is back', meanwhile: () => undefined, left: 0 },
      { what: 'go though Redis has forgotten what else there was', meanwhile: (writer) => writer.forget('a'), left: 0 },
      { what: 'stay where there is something to show again', meanwhile: (writer) => writer.put('a', 'one', something), left: 1 },
      { what: 'are left to whoever holds the cluster by then', meanwhile: (writer) => writer.letGo('a'), left: 1 },
    ])('$what', async ({ meanwhile, left }) => {
      jest.useFakeTimers();
      const { kept, asked, writer } = world();
      writer.put('a', 'one', something);
      asked.isAway = true;
      writer.put('a', 'one', nothing);
      await jest.advanceTimersByTimeAsync(2500);
      expect(kept.size).toBe(1);
      asked.isAway = false;
      meanwhile(writer);
      await jest.advanceTimersByTimeAsync(1000);
      expect(kept.size).toBe(left);
    });
  });
});
