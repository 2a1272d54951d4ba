import { describe, expect, it } from '@jest/globals';
import type { MemberSnapshotStatus } from '@hub/api';
import type { RawPolicy } from '@hub/plan';
import {
  readSnapshot,
  unpackedStatus,
  snapshotName,
  snapshotObject,
  snapshotParts,
  withProgress,
  wordOfParts,
  type ExportSummary,
  type MemberWord,
} from './member-snapshot.js';

const partBytes = 512 * 1024;

function aPolicy(name: string, bytes = 100): RawPolicy {
  return {
    namespace: 'shop',
    name,
    uid: `${name}-uid`,
    generation: 1,
    creationTimestamp: '2026-08-01T10:00:00Z',
    spec: { filler: 'x'.repeat(bytes) },
  };
}

function anExport(name: string, message = 'all is well'): ExportSummary {
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Exported',
    message,
    lastTransitionTime: '2026-08-01T10:00:00Z',
    observedGeneration: 1,
  } as const;
  return {
    namespace: 'shop',
    name,
    uid: `${name}-uid`,
    service: name,
    hash: 'h',
    slots: ['80', '443'],
    conditions: [condition],
    programmed: { policy: 'a/uid', generation: 3, ready: 1, total: 2 },
  };
}

function aWord(policies: readonly RawPolicy[] = [], exports: readonly ExportSummary[] = []): MemberWord {
  return { clusterUid: 'uid', kinds: [{ kind: 'ServiceExport', resourceVersion: '100', heldMoreThanThree: true }], policies, exports };
}

const many = aWord(
  Array.from({ length: 300 }, (_, i) => aPolicy(`p${i}`, 5000)),
  Array.from({ length: 3000 }, (_, i) => anExport(`e${i}`)),
);

describe('the word of a member', () => {
  it.each([
    { what: 'nothing', word: aWord() },
    { what: 'a little', word: aWord([aPolicy('p')], [anExport('web')]) },
    { what: 'a lot', word: many },
  ])('that is $what comes back as it went', ({ word }) => {
    expect(wordOfParts(snapshotParts(word, 7))).toEqual({ ...word, sequence: 7 });
  });

  it('takes as many parts as it needs, none larger than 512 KiB', () => {
    const parts = snapshotParts(many, 1);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(partBytes);
    expect(new Set(parts.map((part) => part.parts))).toEqual(new Set([parts.length]));
  });

  it('of many small things takes no part larger than that either', () => {
    const small = aWord(
      [],
      Array.from({ length: 9000 }, (_, i) => ({ ...anExport(`e${i}`), conditions: [] })),
    );
    for (const part of snapshotParts(small, 1)) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(partBytes);
  });

  it('counts bytes and not characters', () => {
    const wide = aWord(
      [],
      Array.from({ length: 300 }, (_, i) => anExport(`e${i}`, 'ä'.repeat(1500))),
    );
    for (const part of snapshotParts(wide, 1)) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(partBytes);
  });

  it('has something that is too large for any part in a part of its own', () => {
    const word = aWord([aPolicy('small'), aPolicy('huge', 600 * 1024), aPolicy('other')]);
    expect(snapshotParts(word, 1).map((part) => part.policies?.map((p) => p.name))).toEqual([['small'], ['huge'], ['other']]);
  });

  it('is one part when there is nothing to say', () => {
    expect(snapshotParts(aWord(), 1)).toHaveLength(1);
  });
});

describe('parts', () => {
  const older = snapshotParts(many, 1);
  const newer = snapshotParts(many, 2);

  it.each<{ because: string; parts: readonly MemberSnapshotStatus[] }>([
    { because: 'there are none', parts: [] },
    { because: 'one is missing', parts: newer.slice(0, -1) },
    { because: 'the first is missing', parts: newer.slice(1) },
    { because: 'only the first was written anew so far', parts: [newer[0]!, ...older.slice(1)] },
    { because: 'nothing was ever written to it', parts: [{}] },
    { because: 'it does not say how many there are', parts: [{ ...newer[0]!, parts: undefined }] },
    { because: 'it does not say of which cluster it is', parts: [{ ...newer[0]!, parts: 1, clusterUid: undefined }] },
  ])('are no word when $because', ({ parts }) => {
    expect(wordOfParts(parts)).toBeUndefined();
  });

  it('that are left over from a longer word of before do not count', () => {
    const shorter = snapshotParts(aWord([aPolicy('only')]), 2);
    expect(wordOfParts([...shorter, ...older.slice(1)])?.policies.map((p) => p.name)).toEqual(['only']);
  });
});

describe('the objects of a word', () => {
  it.each([
    { member: 'prod', part: 0, name: 'prod' },
    { member: 'prod', part: 2, name: 'prod.part-2' },
    { member: '.hub', part: 0, name: 'hub.lattice-hub.io' },
    { member: '.hub', part: 1, name: 'hub.lattice-hub.io.part-1' },
  ])('of $member, part $part is called $name', ({ member, part, name }) => {
    expect(snapshotName(member, part)).toBe(name);
    expect(snapshotObject(member, part)).toMatchObject({ metadata: { name }, spec: { memberCluster: member, part } });
  });

  it.each([{ member: 'prod' }, { member: '.hub' }, { member: `${'m'.repeat(62)}.${'n'.repeat(100)}` }])(
    'are labelled with what a label may hold ($member)',
    ({ member }) => {
      const { metadata } = snapshotObject(member, 0) as { metadata: { labels: Record<string, string> } };
      expect(metadata.labels['lattice-hub.io/member']).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
    },
  );

  it('are read back, and anything else is none', () => {
    const object = { ...snapshotObject('prod', 0), status: snapshotParts(aWord([aPolicy('p')], [anExport('web')]), 3)[0] };
    const record = readSnapshot(object);
    expect(record && unpackedStatus(record)).toMatchObject({ sequence: 3 });
    expect(readSnapshot({ ...object, spec: {} })).toBeUndefined();
    expect(readSnapshot({ ...object, status: { sequence: 'x' } })).toBeUndefined();
    expect(readSnapshot(null)).toBeUndefined();
  });
});

describe('the word of a member that cannot be read whole now', () => {
  const told = aWord([aPolicy('one')], [anExport('web'), anExport('cart')]);
  const progress = { policy: 'b/uid', generation: 4, ready: 2, total: 2 };

  it('tells what became of the exports that were told of', () => {
    const web = { ...anExport('web', 'as it must be'), programmed: progress };
    expect(withProgress(told, [web])).toEqual({ ...told, exports: [web, anExport('cart')] });
  });

  it.each([
    ['names none that it did not name', { ...anExport('new'), programmed: progress }],
    ['goes by nothing that is known of another under the name', { ...anExport('web'), uid: 'other', programmed: progress }],
    ['goes by nothing that is known of an export as it is now', { ...anExport('web'), hash: 'other', programmed: progress }],
  ])('%s', (_, summary) => {
    expect(withProgress(told, [summary])).toEqual(told);
  });
});
