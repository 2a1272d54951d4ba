import { equalJson, numberAt, objectAt, stringAt } from '../object/json-value.js';
import type { JsonValue } from '../object/json-value.js';
import { namespaceOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { validateQualifiedName } from '../object/names.js';
import type { Strategy } from '../resources/resource.js';
import { invalid, required } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

const base = { allowUnconditionalUpdate: true, allowCreateOnUpdate: true, statusFields: [] } as const;
const maxTextLength = 128;
const maxNoteLength = 1024;

/** Events of the core group: about an object of their own namespace. Those with an eventTime must also say who reports what. */
export const coreEventStrategy: Strategy = {
  ...base,
  validate: (event) => validateLegacy(event, 'reportingComponent'),
  validateUpdate: (event) => validateLegacy(event, 'reportingComponent'),
};

/** Events of events.k8s.io: without the older fields, and not to be rewritten. Errors name the fields of the core group. */
export const eventStrategy: Strategy = {
  ...base,
  errorKind: { group: '', name: 'Event' },
  validate: (event) => validateNew(toCoreGroup(event)),
  validateUpdate: (event, old) => validateRewrite(toCoreGroup(event), toCoreGroup(old)),
};

function validateLegacy(event: KubeObject, controllerField: string): FieldError[] {
  const about = stringAt(objectAt(event, 'involvedObject'), 'namespace');
  const own = namespaceOf(event);
  const wrongNamespace = [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
  if (!isSet(event['eventTime'])) return (about === '' ? own === 'default' || own === '' : about === own) ? [] : wrongNamespace;
  const controller = stringAt(event, 'reportingComponent');
  return [
    ...(about === '' && own !== 'default' && own !== 'kube-system' ? wrongNamespace : []),
    ...(controller === '' ? [required(controllerField)] : []),
    ...validateQualifiedName(controller).map((message) => invalid(controllerField, controller, message)),
    ...validateText('reportingInstance', stringAt(event, 'reportingInstance')),
    ...validateText('action', stringAt(event, 'action')),
    ...validateText('reason', stringAt(event, 'reason')),
    ...tooLongText('message', stringAt(event, 'message'), maxNoteLength),
  ];
}

function validateText(field: string, text: string): FieldError[] {
  return text === '' ? [required(field)] : tooLongText(field, text, maxTextLength);
}

const tooLongText = (field: string, text: string, max: number): FieldError[] =>
  Buffer.byteLength(text) > max ? [invalid(field, '', `can have at most ${max} characters`)] : [];
const isSet = (value: JsonValue | undefined): boolean => value !== undefined && value !== null && value !== 0 && value !== '';

function validateNew(event: KubeObject): FieldError[] {
  const type = stringAt(event, 'type');
  const source = objectAt(event, 'source');
  const old = ['firstTimestamp', 'lastTimestamp', 'count'].filter((field) => isSet(event[field]));
  if (stringAt(source, 'component') !== '' || stringAt(source, 'host') !== '') old.push('source');
  return [
    ...validateLegacy(event, 'reportingController'),
    ...validateSeries(event),
    ...(isSet(event['eventTime']) ? [] : [required('eventTime')]),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...old.map((field) => invalid(field, '', 'needs to be unset')),
  ];
}

function validateSeries(event: KubeObject): FieldError[] {
  const series = objectAt(event, 'series');
  if (series === undefined) return [];
  return [
    ...((numberAt(series, 'count') ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(isSet(series['lastObservedTime']) ? [] : [required('series.lastObservedTime')]),
  ];
}

const immutableFields = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
];

function validateRewrite(event: KubeObject, old: KubeObject): FieldError[] {
  const changed = immutableFields.filter(
    (field) => !equalJson(event[field] ?? null, old[field] ?? null) && (isSet(event[field]) || isSet(old[field])),
  );
  return [
    ...validateLegacy(event, 'reportingController'),
    ...(equalJson(event['series'] ?? null, old['series'] ?? null) ? [] : validateSeries(event)),
    ...changed.map((field) =>
      invalid(field === 'reportingComponent' ? 'reportingController' : field, event[field] ?? '', 'field is immutable'),
    ),
  ];
}

/** The fields that have another name in events.k8s.io than in the core group. */
const renamed: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

/** An event of the core group as events.k8s.io shows it. */
export function toEventsGroup(event: KubeObject): KubeObject {
  const renamedEvent = rename(event, 'events.k8s.io/v1', 0, 1);
  for (const field of ['reportingController', 'reportingInstance']) if (renamedEvent[field] === '') delete renamedEvent[field];
  return renamedEvent;
}

/** An event of events.k8s.io as it is stored. */
export function toCoreGroup(event: KubeObject): KubeObject {
  return rename(event, 'v1', 1, 0);
}

function rename(event: KubeObject, apiVersion: string, from: 0 | 1, to: 0 | 1): KubeObject {
  const result: KubeObject = { ...event, apiVersion };
  for (const pair of renamed) {
    const value = event[pair[from]];
    delete result[pair[from]];
    if (value !== undefined) result[pair[to]] = value;
  }
  return result;
}
