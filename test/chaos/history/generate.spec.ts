import { describe, expect, it } from '@jest/globals';
import type { Act } from './event.js';
import { generateHistory } from './generate.js';

const shape = { events: 200, members: 5, replicas: 2 };
const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

describe('a generated history', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(generateHistory(7, shape)).toEqual(generateHistory(7, shape));
    expect(generateHistory(7, shape)).not.toEqual(generateHistory(8, shape));
  });

  it('has hundreds of events, however short the troubles in it', () => {
    for (const seed of seeds) expect(generateHistory(seed, shape).length).toBeGreaterThanOrEqual(shape.events);
  });

  const acts = seeds.flatMap((seed) => generateHistory(seed, shape).map(({ act }) => act));
  const does = (what: Act['do']) => (act: Act) => act.do === what;
  const memberFault = (kind: string) => (act: Act) => act.do === 'member-fault' && act.fault.effect.kind === kind;
  const awsFault = (kind: string, moment?: string) => (act: Act) =>
    act.do === 'aws-fault' && act.effect.kind === kind && ('moment' in act.effect ? act.effect.moment : undefined) === moment;

  it.each<[string, (act: Act) => boolean]>([
    ['an export comes', does('export')],
    ['an export goes', does('unexport')],
    ['a policy comes or changes', does('policy')],
    ['a policy changes into one that no group can follow', (act) => act.do === 'policy' && act.setting === 'broken'],
    ['a policy goes', does('drop-policy')],
    ['the policies of a member reach elsewhere', does('scope')],
    ['a Service loses a port', (act) => act.do === 'service' && act.form !== 'whole'],
    ['a Service goes', does('drop-service')],
    ['pods come and go', does('pods')],
    ['all pods go', (act) => act.do === 'pods' && act.pods.length === 0],
    ['a slice goes', does('drop-slice')],
    ['a service of VPC Lattice uses a group', does('use')],
    ['and uses it no more', does('unuse')],
    ['a person acknowledges', does('acknowledge')],
    ['a member is down', does('member-down')],
    ['a member is up again', does('member-heal')],
    ['a member is slow', memberFault('slow')],
    ['a member hangs', memberFault('hang')],
    ['a connection to a member is half-open', does('member-silent')],
    ['connections to a member are cut', does('member-cut')],
    ['a member has forgotten what came before', does('member-compact')],
    ['a member says that there is nothing', memberFault('empty-list')],
    ['a list of a member breaks off', memberFault('truncated-list')],
    ['a list of a member can not be read on', memberFault('lost-continue')],
    ['a member refuses', memberFault('status')],
    ['a watch of a member expires', memberFault('watch-error')],
    ['a watch of a member breaks off', memberFault('reset')],
    ['a backup is made of a member', does('backup')],
    ['a member is restored from it', does('restore')],
    ['another cluster answers under the name of a member', does('recreate')],
    ['and is registered', does('rejoin')],
    ['a CRD goes', does('drop-crd')],
    ['a CRD is back', does('bring-crd')],
    ['Redis is flushed', does('redis-flush')],
    ['Redis is killed', does('redis-kill')],
    ['Redis is started again', does('redis-start')],
    ['clients of Redis are killed', does('redis-cut')],
    ['Redis has no memory left', does('redis-full')],
    ['Redis has memory again', does('redis-room')],
    ['AWS throttles', awsFault('throttle')],
    ['AWS fails', awsFault('internalError')],
    ['AWS is not available', awsFault('unavailable')],
    ['AWS fails when it is done', awsFault('internalError', 'after')],
    ['an answer of AWS is lost', awsFault('reset', 'after')],
    ['an answer of AWS never comes', awsFault('hang', 'after')],
    ['AWS is slow', awsFault('latency')],
    ['AWS takes a part of the targets', awsFault('partialFailure')],
    ['AWS can not make a group', awsFault('createFailed')],
    ['a session is said to have expired', awsFault('expiredToken')],
    ['all sessions expire', does('aws-expire')],
    ['tags lag behind', (act) => act.do === 'aws-tag-lag' && act.ms > 0],
    ['a role is taken away', (act) => act.do === 'aws-role-gone' && act.members.length === 1],
    ['all roles of an account are taken away', (act) => act.do === 'aws-role-gone' && act.members.length > 1],
    ['roles are given back', does('aws-role-back')],
    ['a hub is killed', does('hub-kill')],
    ['a hub is told to leave', does('hub-leave')],
    ['a hub is started', does('hub-start')],
    ['a hub is stopped', does('hub-stop')],
    ['a hub wakes up', does('hub-continue')],
    ['a hub is cut off from its cluster', does('hub-apart')],
    ['and reaches it again', does('hub-together')],
  ])('over a few seeds %s', (_, isIt) => {
    expect(acts.filter(isIt).length).toBeGreaterThan(0);
  });

  it('over a few seeds more exports go at once than there may be deletions', () => {
    const most = Math.max(...seeds.map((seed) => longestRun(generateHistory(seed, shape).map(({ act }) => act.do === 'unexport'))));
    expect(most).toBeGreaterThan(10);
  });

  it.each(['hub-kill', 'hub-stop'] as const)('over a few seeds every replica meets %s at once', (what) => {
    const every = acts.filter((act, i) => {
      const next = acts[i + 1];
      return act.do === what && next?.do === what && act.replica !== next.replica;
    });
    expect(every.length).toBeGreaterThan(0);
  });

  it('ends whatever it began', () => {
    const count = (...what: readonly Act['do'][]) => acts.filter((act) => what.includes(act.do)).length;
    expect(count('aws-role-gone')).toBe(count('aws-role-back'));
    expect(count('redis-kill')).toBe(count('redis-start'));
    expect(count('redis-full')).toBe(count('redis-room'));
    expect(count('backup')).toBe(count('restore'));
    expect(count('hub-stop')).toBe(count('hub-continue'));
    expect(count('hub-apart')).toBe(count('hub-together'));
    expect(count('hub-kill', 'hub-leave')).toBe(count('hub-start'));
    expect(count('recreate')).toBe(count('rejoin'));
    expect(count('drop-crd')).toBe(count('bring-crd'));
  });
});

/** How many in a row are so, at most. */
function longestRun(are: readonly boolean[]): number {
  let [longest, now] = [0, 0];
  for (const is of are) {
    now = is ? now + 1 : 0;
    longest = Math.max(longest, now);
  }
  return longest;
}
