import { describe, expect, it } from '@jest/globals';
import type { Policy } from '@hub/model';
import { FleetView } from './fleet-view.js';
import type { HubCluster } from './hub-cluster.js';
import type { MemberWord } from './member-snapshot.js';
import type { Member } from './member.js';

interface Known {
  /** The MemberCluster that there is. */
  readonly stored?: string;
  /** The MemberCluster that this replica holds, and its policies where they were read. */
  readonly held?: { readonly uid: string; readonly policies: readonly Policy[] | undefined };
  /** Whether another replica has published what it knows of it. */
  readonly isPublished?: boolean;
}

function isUnread({ stored, held, isPublished = false }: Known): boolean {
  const hub = { members: { get: () => stored && { record: { uid: stored } } } } as unknown as HubCluster;
  const member = held && ({ record: { uid: held.uid }, policies: () => held.policies } as unknown as Member);
  const word: MemberWord = { clusterUid: 'cluster', kinds: [], policies: [], exports: [] };
  return new FleetView(hub, () => member, new Map(isPublished ? [['a', word]] : [])).isUnread('a');
}

describe('the policies of a member', () => {
  it.each<{ because: string; known: Known; unread: boolean }>([
    { because: 'there is no such member', known: {}, unread: false },
    { because: 'nobody has said anything of it', known: { stored: 'one' }, unread: true },
    { because: 'its holder has published them', known: { stored: 'one', isPublished: true }, unread: false },
    { because: 'it is held here and was not read', known: { stored: 'one', held: { uid: 'one', policies: undefined } }, unread: true },
    { because: 'it is held here and has none', known: { stored: 'one', held: { uid: 'one', policies: [] } }, unread: false },
    {
      because: 'what is held here is one before it, of the same name',
      known: { stored: 'two', held: { uid: 'one', policies: [] } },
      unread: true,
    },
  ])('are unread ($unread), where $because', ({ known, unread }) => {
    expect(isUnread(known)).toBe(unread);
  });
});
