import { HubEvent } from '../hub/answers.js';
import { ageOf } from '../output/age.js';
import { defineKind } from './resource-kind.js';

/** What the hub told lately, the newest first. */
export const eventKind = defineKind<HubEvent>({
  path: 'events',
  schema: HubEvent,
  // Events are known by what they are about.
  nameOf: ({ kind, name }) => `${kind.toLowerCase()}/${name}`,
  namesOf: ({ name }) => [name],
  columns: [
    { header: 'AGE', cell: ({ time }, nowMs) => ageOf(time, nowMs) },
    { header: 'TYPE', cell: ({ type }) => ({ text: type, tone: type === 'Warning' ? 'warn' : 'good' }) },
    { header: 'REASON', cell: ({ reason }) => reason },
    { header: 'NAMESPACE', isWide: true, cell: ({ namespace }) => namespace ?? '' },
    { header: 'OBJECT', cell: ({ kind, name }) => `${kind.toLowerCase()}/${name}` },
    { header: 'COUNT', isWide: true, cell: ({ count }) => String(count) },
    { header: 'MESSAGE', cell: ({ note }) => note },
  ],
});
