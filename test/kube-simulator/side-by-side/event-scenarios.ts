import { apply, get, mergePatch, post, put, remove, strategicPatch } from './scenario.js';
import type { Scenario } from './scenario.js';

const core = '/api/v1/namespaces/{ns}/events';
const ev = '/apis/events.k8s.io/v1/namespaces/{ns}/events';
const event = (name: string, rest: object = {}): object => ({
  metadata: { name },
  involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
  reason: 'R',
  ...rest,
});

/** Events, written and read by both of their groups. */
export const eventScenarios: readonly Scenario[] = [
  {
    name: 'events are written by one group and read by the other',
    steps: [
      post(core, event('a', { type: 'Normal', eventTime: '2024-01-01T00:00:00.000000Z' })),
      post(core, event('a2', { type: 'Bogus' })),
      post(core, event('a3', { involvedObject: { kind: 'Node', name: 'n' } })),
      post('/api/v1/namespaces/default/events', { ...event('{ns}-n'), involvedObject: { kind: 'Node', name: 'n' } }),
      post(
        core,
        event('a4', {
          reportingComponent: 'c',
          reportingInstance: 'i',
          action: 'A',
          eventTime: '2024-01-01T00:00:00.000000Z',
          series: { count: 2, lastObservedTime: '2024-01-01T00:00:00.000000Z' },
        }),
      ),
      post(core, event('a5', { message: 'm'.repeat(2000) })),
      post(ev, {
        metadata: { name: 'e1' },
        eventTime: '2024-01-01T00:00:00.000000Z',
        regarding: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        action: 'A',
        note: 'm'.repeat(1100),
        type: 'Normal',
        reportingController: 'x.io/c',
        reportingInstance: 'i',
      }),
      post(ev, {
        metadata: { name: 'e2' },
        eventTime: '2024-01-01T00:00:00.000000Z',
        regarding: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        action: 'A',
        note: 'n',
        type: 'Other',
        reportingController: 'no space',
        reportingInstance: 'i',
      }),
      post(ev, {
        metadata: { name: 'e3' },
        eventTime: '2024-01-01T00:00:00.000000Z',
        regarding: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        action: 'A',
        note: 'n',
        type: 'Normal',
        reportingController: 'x.io/c',
        reportingInstance: 'i',
      }),
      mergePatch(`${ev}/e3`, { note: 'changed' }),
      mergePatch(`${ev}/e3`, { series: { count: 2, lastObservedTime: '2024-01-01T00:00:00.000000Z' } }),
      strategicPatch(`${core}/a`, { count: 5, message: 'x' }),
      put(`${core}/new`, event('new')),
      apply(`${core}/ap?fieldManager=m`, { apiVersion: 'v1', kind: 'Event', ...event('ap') }),
      get(`${ev}?fieldSelector=regarding.name%3Dp`),
      get(`${ev}?fieldSelector=involvedObject.name%3Dp`),
      get(`${core}?fieldSelector=reportingComponent%3Dc`),
      get(`${core}?fieldSelector=source%3Dc`),
      get(`${core}?fieldSelector=involvedObject.uid%3D`),
      get(`${ev}?watch=true&timeoutSeconds=1`),
      remove(ev),
      get(core),
    ],
  },
];
