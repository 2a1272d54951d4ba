import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Hold } from '@hub/model';
import { HubHolds, type HubStanding } from './hub-holds.js';
import { holdReason, type KnownHold } from './hold-text.js';

const restored: Hold = { reason: 'ClusterRestored', since: '2026-01-01T00:00:00Z', sinceMs: 0, message: 'it went back' };
const emptied: Hold = { ...restored, reason: 'KindEmptied', kind: 'TargetGroupPolicy', message: 'none is left' };
const at = new Date('2026-01-02T00:00:00Z');

/** The holds of a session: what was known once is not taken over again. */
class Held {
  holds: Hold[] = [];
  private readonly ever = new Set<string>();

  readonly session = {
    facts: () => ({ holds: this.holds }),
    held: {
      recall: (known: readonly KnownHold[]) => {
        for (const hold of known) if (!this.ever.has(holdReason(hold))) this.hold({ ...hold, sinceMs: 0 });
      },
    },
    acknowledge: () => void (this.holds = []),
  };

  hold(hold: Hold): void {
    this.ever.add(holdReason(hold));
    this.holds.push(hold);
  }
}

function replica(...holds: readonly Hold[]) {
  const held = new Held();
  for (const hold of holds) held.hold(hold);
  return { held, hub: new HubHolds(held.session as unknown as ConstructorParameters<typeof HubHolds>[0], () => []) };
}

describe('what is held of the hub cluster', () => {
  let told: HubStanding;
  let id: string;

  beforeEach(() => {
    told = replica(restored).hub.standing;
    id = told.acknowledgementId ?? '';
  });

  it('is told with what would release it, and nothing is where nothing is held', () => {
    expect(told.holds).toMatchObject([{ reason: 'ClusterRestored', since: restored.since }]);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(replica().hub.standing).toEqual({ holds: [] });
  });

  it('is taken over by a replica that has not seen it itself', () => {
    const { held, hub } = replica();
    expect(hub.see(told, undefined, false, at)).toBeUndefined();
    expect(held.holds.map(holdReason)).toEqual(['ClusterRestored']);
  });

  it('is untold until it is seen to stand there', () => {
    const { hub } = replica(restored);
    expect(hub.untold.map(({ reason }) => reason)).toEqual(['ClusterRestored']);
    hub.see(told, undefined, false, at);
    expect(hub.untold).toEqual([]);
  });

  it.each<{ what: string; mine: readonly Hold[]; word: string | undefined; tells: boolean; isReleased: boolean }>([
    { what: 'names it, at the replica that tells', mine: [restored], word: 'the id', tells: true, isReleased: true },
    { what: 'names it, at another', mine: [restored], word: 'the id', tells: false, isReleased: true },
    {
      what: 'names it, at another that saw it at another time',
      mine: [{ ...restored, since: '2026-01-01T00:00:05Z' }],
      word: 'the id',
      tells: false,
      isReleased: true,
    },
    { what: 'is none', mine: [restored], word: undefined, tells: true, isReleased: false },
    { what: 'is another', mine: [restored], word: 'another', tells: true, isReleased: false },
    { what: 'names less than is held here', mine: [restored, emptied], word: 'the id', tells: false, isReleased: false },
    {
      what: 'names what was held before',
      mine: [{ ...restored, since: '2026-01-01T00:00:05Z' }],
      word: 'the id',
      tells: true,
      isReleased: false,
    },
  ])('is released by a word that $what: $isReleased', ({ mine, word, tells, isReleased }) => {
    const { held, hub } = replica(...mine);
    const said = word === 'the id' ? id : word;
    expect(hub.see(told, said, tells, at)).toBe(isReleased ? id : undefined);
    expect(held.holds.length === 0).toBe(isReleased);
  });

  it('needs another word when it comes again, and the one that stays does not count twice', () => {
    const { held, hub } = replica(restored);
    hub.see(told, id, true, at);
    held.hold(restored);
    const again = hub.standing;
    expect(again.acknowledged).toEqual({ id, time: at.toISOString() });
    expect(again.acknowledgementId).not.toBe(id);
    expect(hub.see(again, id, true, at)).toBeUndefined();
    expect(held.holds).toHaveLength(1);
  });

  it('is released where another replica heeded the word for what was told here too, and is not where it was not', () => {
    const released = { holds: [], acknowledged: { id, time: at.toISOString() } };
    const one = replica(restored);
    one.hub.see(told, undefined, false, at);
    expect(one.hub.see(released, undefined, false, at)).toBe(id);
    expect(one.held.holds).toEqual([]);
    const other = replica(restored, emptied);
    other.hub.see(told, undefined, false, at);
    expect(other.hub.see(released, undefined, false, at)).toBeUndefined();
    expect(other.held.holds).toHaveLength(2);
    expect(other.hub.untold).toHaveLength(2);
  });
});
