import { numberAt, objectAt, stringAt } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import { ageOf } from './age.js';
import type { Column } from './column.js';
import { nameColumn, orNone, textColumn, wideColumn } from './common-columns.js';

/** The columns of events, as `kubectl get events` shows them, whichever group serves them. */
export const eventColumns: readonly Column[] = [
  textColumn('Last Seen', 'How long ago it happened last.', lastSeen),
  textColumn('Type', 'Normal, or Warning.', (event) => stringAt(event, 'type')),
  textColumn('Reason', 'Why it happened, in a word.', (event) => stringAt(event, 'reason')),
  textColumn('Object', 'The object that the event is about.', objectText),
  wideColumn('Subobject', 'The part of the object that the event is about.', (event) => stringAt(aboutOf(event), 'fieldPath')),
  wideColumn('Source', 'What reports the event.', sourceText),
  textColumn('Message', 'What happened.', (event) => orNone(stringAt(event, 'message'), stringAt(event, 'note')).trim()),
  wideColumn('First Seen', 'How long ago it happened first.', firstSeen),
  wideColumn('Count', 'How often it happened.', countOf),
  { ...nameColumn, priority: 1 },
];

const aboutOf = (event: KubeObject): ReturnType<typeof objectAt> => objectAt(event, 'involvedObject') ?? objectAt(event, 'regarding');
const textOf = (event: KubeObject, ...fields: readonly string[]): string =>
  fields.map((field) => stringAt(event, field)).find((text) => text !== '') ?? '';

function firstSeen(event: KubeObject, nowMs: number): string {
  const time = textOf(event, 'firstTimestamp', 'deprecatedFirstTimestamp', 'eventTime');
  return time === '' ? '<unknown>' : ageOf(time, nowMs);
}

function lastSeen(event: KubeObject, nowMs: number): string {
  const series = stringAt(objectAt(event, 'series'), 'lastObservedTime');
  const time = orNone(series, textOf(event, 'lastTimestamp', 'deprecatedLastTimestamp'));
  return time === '' ? firstSeen(event, nowMs) : ageOf(time, nowMs);
}

function countOf(event: KubeObject): number {
  const series = objectAt(event, 'series');
  if (series !== undefined) return numberAt(series, 'count') ?? 0;
  return numberAt(event, 'count') ?? numberAt(event, 'deprecatedCount') ?? 1;
}

function objectText(event: KubeObject): string {
  const kind = stringAt(aboutOf(event), 'kind').toLowerCase();
  const name = stringAt(aboutOf(event), 'name');
  return name === '' ? kind : `${kind}/${name}`;
}

function sourceText(event: KubeObject): string {
  const source = objectAt(event, 'source') ?? objectAt(event, 'deprecatedSource');
  const component = orNone(stringAt(source, 'component'), textOf(event, 'reportingComponent', 'reportingController'));
  const instance = orNone(stringAt(source, 'host'), stringAt(event, 'reportingInstance'));
  return instance === '' ? component : `${component}, ${instance}`;
}
