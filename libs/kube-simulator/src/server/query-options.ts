import { goQuote } from '../object/go-quote.js';
import type { DeleteOptions } from '../operations/delete-object.js';
import { fieldSelectorFor } from '../operations/selection.js';
import type { Selection } from '../operations/selection.js';
import type { FieldValidation } from '../operations/write-request.js';
import type { Resource } from '../resources/resource.js';
import { badRequest, invalidObject } from '../status/api-error.js';
import type { ApiError } from '../status/api-error.js';
import { forbidden, invalid, notSupported, required, tooLong } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';
import { parseFieldSelector, selectName } from '../store/field-selector.js';
import { parseLabelSelector } from '../store/label-selector.js';

/** The options of a create, an update or a patch. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean;
}

/** The options of a list or a watch. */
export interface ListQuery extends Selection {
  readonly limit: number;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: '' | 'Exact' | 'NotOlderThan';
  readonly allowBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  /** Undefined where the client leaves it to the server. */
  readonly timeoutSeconds: number | undefined;
}

const maxManagerBytes = 128;
const validations = ['', 'Ignore', 'Strict', 'Warn'];
const propagations = ['Foreground', 'Background', 'Orphan'];
const metaGroup = 'meta.k8s.io';

/** The answer to options that make no sense. */
export const invalidOptions = (kind: string, errors: readonly FieldError[]): ApiError =>
  invalidObject({ group: metaGroup, name: kind }, '', errors);

/**
 * Reads the options of a write.
 * @param kind the kind of the options in messages: CreateOptions, UpdateOptions, PatchOptions
 * @throws ApiError 400, 422
 */
export function readWriteOptions(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  isApply = false,
): WriteOptions {
  const fieldManager = query.get('fieldManager') ?? '';
  const fieldValidation = query.get('fieldValidation') ?? '';
  const dryRun = query.getAll('dryRun');
  const force = query.has('force') ? readBoolean(query.get('force') ?? '') : undefined;
  const errors: FieldError[] = [];
  if (kind === 'PatchOptions' && isApply && fieldManager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  if (kind === 'PatchOptions' && !isApply && force !== undefined)
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  errors.push(...validateManager(fieldManager), ...validateDryRun(dryRun));
  if (!validations.includes(fieldValidation)) errors.push(notSupported('fieldValidation', fieldValidation, validations));
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation: fieldValidation === 'Strict' || fieldValidation === 'Ignore' ? fieldValidation : 'Warn',
    force: force ?? false,
  };
}

function validateManager(manager: string): FieldError[] {
  const errors = Buffer.byteLength(manager) > maxManagerBytes ? [tooLong('fieldManager', maxManagerBytes)] : [];
  let position = 0;
  for (const character of manager) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid('fieldManager', manager, `invalid character U+${code} (at position ${position})`));
    }
    position += Buffer.byteLength(character);
  }
  return errors;
}

function validateDryRun(values: readonly string[]): FieldError[] {
  return values.every((value) => value === 'All') ? [] : [notSupported('dryRun', [...values], ['All'])];
}

/** A boolean as the API server reads query parameters: everything but `false` and `0` is true. */
function readBoolean(text: string): boolean {
  return text.toLowerCase() !== 'false' && text !== '0';
}

function readInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`);
  return Number(text);
}

/**
 * Reads the options of a list, a watch or a deletion of a collection.
 * @param name the object that the path names; empty where it names none
 * @throws ApiError 400, 422
 */
export function readListQuery(query: URLSearchParams, resource: Resource, namespace: string, name: string, isWatch: boolean): ListQuery {
  const limit = readInteger(query, 'limit') ?? 0;
  const timeoutSeconds = readInteger(query, 'timeoutSeconds');
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fieldText = query.get('fieldSelector') ?? '';
  parseFieldSelector(fieldText, () => true, String);
  const match = query.get('resourceVersionMatch') ?? '';
  const resourceVersion = query.get('resourceVersion') ?? '';
  const continueToken = query.get('continue') ?? '';
  const sendInitialEvents = query.has('sendInitialEvents') ? readBoolean(query.get('sendInitialEvents') ?? '') : undefined;
  const errors = isWatch
    ? validateWatch(match, sendInitialEvents, continueToken)
    : validateList(match, resourceVersion, continueToken, sendInitialEvents);
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  const fields = fieldSelectorFor(resource, fieldText);
  if (name !== '' && !fields.isEmpty && fields.exact('metadata.name') !== name)
    throw badRequest("fieldSelector metadata.name doesn't match requested name");
  return {
    namespace: namespace === '' ? (fields.exact('metadata.namespace') ?? '') : namespace,
    labels,
    fields: name === '' ? fields : fields.isEmpty ? selectName(name) : fields,
    limit: Math.max(limit, 0),
    continueToken,
    resourceVersion,
    resourceVersionMatch: match === 'Exact' || match === 'NotOlderThan' ? match : '',
    allowBookmarks: query.has('allowWatchBookmarks') && readBoolean(query.get('allowWatchBookmarks') ?? ''),
    sendInitialEvents,
    timeoutSeconds: timeoutSeconds === undefined || timeoutSeconds <= 0 ? undefined : timeoutSeconds,
  };
}

function validateList(match: string, resourceVersion: string, continueToken: string, sendInitialEvents: boolean | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (match !== '') {
    if (resourceVersion === '')
      errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (continueToken !== '') errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0')
      errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (sendInitialEvents !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function validateWatch(match: string, sendInitialEvents: boolean | undefined, continueToken: string): FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (match === '') return errors;
  if (sendInitialEvents === undefined)
    errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  if (match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  if (continueToken !== '') errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
  return errors;
}

/** DeleteOptions as they stand in a body or in the query. */
export interface RawDeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly dryRun?: readonly string[];
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** The options of a deletion without a body. */
export function deleteOptionsFromQuery(query: URLSearchParams): RawDeleteOptions {
  const gracePeriodSeconds = readInteger(query, 'gracePeriodSeconds');
  const propagationPolicy = query.get('propagationPolicy');
  const orphanDependents = query.get('orphanDependents');
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === null ? {} : { propagationPolicy }),
    ...(orphanDependents === null ? {} : { orphanDependents: readBoolean(orphanDependents) }),
    dryRun: query.getAll('dryRun'),
  };
}

/**
 * Makes sense of DeleteOptions.
 * @throws ApiError 422
 */
export function checkDeleteOptions(raw: RawDeleteOptions): DeleteOptions {
  const { propagationPolicy, orphanDependents, dryRun = [], gracePeriodSeconds, uid, resourceVersion } = raw;
  const errors: FieldError[] = [];
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    errors.push(invalid('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (propagationPolicy !== undefined && !propagations.includes(propagationPolicy)) {
    errors.push(notSupported('propagationPolicy', propagationPolicy, [...propagations, 'nil']));
  }
  errors.push(...validateDryRun(dryRun));
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  const byFlag = orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background';
  return {
    dryRun: dryRun.length > 0,
    gracePeriodSeconds,
    propagation: byFlag ?? (propagationPolicy as DeleteOptions['propagation']),
    uid,
    resourceVersion,
  };
}
