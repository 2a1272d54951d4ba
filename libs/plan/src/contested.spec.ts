import { describe, expect, it } from '@jest/globals';
import { foundChanged, isContested, noUndo, settled, type UndoHistory } from './contested.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A group that something else changes at these times, and that the hub puts right again each time. */
function undoneAt(times: readonly number[], from: UndoHistory = settled(noUndo, 'wanted')): UndoHistory {
  return times.reduce((history, at) => settled(foundChanged(history, 'wanted', at), 'wanted'), from);
}

describe('a group that something else keeps changing', () => {
  it.each<{ times: readonly number[]; contested: boolean; because: string }>([
    { times: [], contested: false, because: 'nothing was undone' },
    { times: [0], contested: false, because: 'once is no fight' },
    { times: [0, minuteMs], contested: false, because: 'twice is no fight' },
    { times: [0, minuteMs, 2 * minuteMs], contested: true, because: 'three times in ten minutes is one' },
    { times: [0, 5 * minuteMs, 10 * minuteMs], contested: false, because: 'the first was ten minutes before the third' },
    { times: [0, 5 * minuteMs, 10 * minuteMs, 11 * minuteMs], contested: true, because: 'the last three were within ten minutes' },
  ])('undone at $times is contested: $contested, because $because', ({ times, contested }) => {
    expect(isContested(undoneAt(times), times.at(-1) ?? 0)).toBe(contested);
  });

  const fight = [0, 1, 2].map((i) => i * minuteMs);

  it('is left alone for an hour, and then tried again', () => {
    expect(isContested(undoneAt(fight), 2 * minuteMs + hourMs - 1)).toBe(true);
    expect(isContested(undoneAt(fight), 2 * minuteMs + hourMs)).toBe(false);
  });

  it('is contested again when the fight goes on after that hour', () => {
    const again = fight.map((at) => at + 2 * hourMs);
    expect(isContested(undoneAt(again.slice(0, 2), undoneAt(fight)), again[1]!)).toBe(false);
    expect(isContested(undoneAt(again, undoneAt(fight)), again[2]!)).toBe(true);
  });

  it('does not have its hour begin anew when it is found changed in the middle of it', () => {
    const later = foundChanged(undoneAt(fight), 'wanted', 30 * minuteMs);
    expect(isContested(later, 2 * minuteMs + hourMs)).toBe(false);
  });

  it('counts a change once, however often it is looked at before it is put right', () => {
    let history = settled(noUndo, 'wanted');
    for (let i = 0; i < 5; i++) history = foundChanged(history, 'wanted', i);
    expect(isContested(history, 5)).toBe(false);
  });
});

describe('a group of which something else is asked now', () => {
  it('was not undone by anybody, and an old history is forgotten', () => {
    const twice = undoneAt([0, minuteMs]);
    const asked = settled(foundChanged(twice, 'something else', 2 * minuteMs), 'something else');
    expect(isContested(foundChanged(asked, 'something else', 3 * minuteMs), 3 * minuteMs)).toBe(false);
  });

  it('that was never settled was not undone', () => {
    expect(foundChanged(noUndo, 'wanted', 0)).toEqual(noUndo);
  });
});
