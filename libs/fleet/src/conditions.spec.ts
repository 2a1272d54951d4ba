import { describe, expect, it } from '@jest/globals';
import type { Condition } from '@hub/model';
import { mergeConditions, writtenConditions, type WrittenCondition } from './conditions.js';

const at = new Date('2026-08-01T10:00:00.999Z');
const ready: Condition = { type: 'Ready', status: 'True', reason: 'Exported', message: 'all is well' };
const written: WrittenCondition = { ...ready, lastTransitionTime: '2026-07-01T00:00:00Z', observedGeneration: 1 };
const foreign: WrittenCondition = { ...written, type: 'Foreign', reason: 'Other' };

describe('the conditions of an object', () => {
  it('are not written where nothing differs', () => {
    expect(mergeConditions([written, foreign], [ready], 1, at)).toBeUndefined();
    expect(mergeConditions([written], [ready], undefined, at)).toBeUndefined();
    expect(mergeConditions([], [], 1, at)).toBeUndefined();
  });

  it.each<{ because: string; wanted: Condition; generation: number; time: string }>([
    { because: 'the status does', wanted: { ...ready, status: 'False' }, generation: 1, time: '2026-08-01T10:00:00Z' },
    { because: 'the reason does', wanted: { ...ready, reason: 'Other' }, generation: 1, time: '2026-07-01T00:00:00Z' },
    { because: 'the message does', wanted: { ...ready, message: 'all is better' }, generation: 1, time: '2026-07-01T00:00:00Z' },
    { because: 'it speaks of a newer generation', wanted: ready, generation: 2, time: '2026-07-01T00:00:00Z' },
  ])('are written where they differ because $because; the time moves with the status alone', ({ wanted, generation, time }) => {
    expect(mergeConditions([written], [wanted], generation, at)).toEqual([
      { ...wanted, lastTransitionTime: time, observedGeneration: generation },
    ]);
  });

  it('get new ones beside those of others', () => {
    expect(mergeConditions([foreign], [ready], 1, at)).toEqual([
      foreign,
      { ...ready, lastTransitionTime: '2026-08-01T10:00:00Z', observedGeneration: 1 },
    ]);
  });

  it('name no generation where none is known', () => {
    expect(mergeConditions([], [ready], undefined, at)).toEqual([{ ...ready, lastTransitionTime: '2026-08-01T10:00:00Z' }]);
  });

  it('are one of each type, the last word of it', () => {
    expect(mergeConditions([], [ready, { ...ready, status: 'False' }], 1, at)).toHaveLength(1);
  });

  it.each<{ status: unknown; read: readonly WrittenCondition[] }>([
    { status: undefined, read: [] },
    { status: null, read: [] },
    { status: { conditions: 'none' }, read: [] },
    { status: { conditions: [null, 7, {}, { type: 'Ready' }, written] }, read: [written] },
  ])('are read from $status', ({ status, read }) => {
    expect(writtenConditions({ metadata: { name: 'web' }, status })).toEqual(read);
  });
});
