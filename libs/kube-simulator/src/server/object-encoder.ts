import type { JsonObject, JsonValue } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import { encodeJson, orderAsCustom } from '../object/encode-json.js';
import type { ListPage } from '../operations/list-objects.js';
import { served, servedJson } from '../operations/stored-access.js';
import { apiVersionOf } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { objectMetaSchema } from '../schema/definitions.js';
import { decodeTyped } from '../schema/typed-decoder.js';
import { badRequest, failure } from '../status/api-error.js';
import type { ApiError } from '../status/api-error.js';
import { fieldErrorText, invalid } from '../status/field-error.js';
import type { StoredObject } from '../store/stored-object.js';
import { tableOf } from '../table/table.js';
import type { IncludeObject, TableMetadata } from '../table/table.js';
import type { Accepted } from './media-type.js';

/** Turns objects into what a client asked for. */
export interface ObjectEncoder {
  one(object: KubeObject): JsonObject;
  list(page: ListPage): JsonObject;
  /** The text of a list where it can be put together from stored texts; undefined where it has to be encoded. */
  listText(page: ListPage): string | undefined;
  /** The object of a watch event, as text. */
  eventText(stored: StoredObject): string;
  /** A bookmark, as text. */
  bookmarkText(body: JsonObject): string;
}

/**
 * The encoder for a request.
 * @param includeObject what the rows of a Table carry; the query parameter of that name
 */
export function encoderFor(resource: Resource, accepted: Accepted, includeObject: string, nowMs: number): ObjectEncoder {
  switch (accepted.transform) {
    case 'none':
      return plainEncoder(resource);
    case 'Table':
      return tableEncoder(resource, `meta.k8s.io/${accepted.transformVersion}`, checkInclude(includeObject), nowMs);
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return metadataEncoder(resource, `meta.k8s.io/${accepted.transformVersion}`, accepted.transform);
  }
}

function checkInclude(text: string): IncludeObject {
  if (text === '' || text === 'Metadata' || text === 'Object' || text === 'None') return text === '' ? 'Metadata' : text;
  throw badRequest(
    `Unable to convert to Table as requested: ${fieldErrorText(invalid('includeObject', text, "must be 'Metadata', 'Object', 'None', or empty"))}`,
  );
}

function listMetadata({ revision, continueToken, remainingItemCount }: ListPage): TableMetadata {
  return {
    resourceVersion: String(revision),
    ...(continueToken === '' ? {} : { continue: continueToken }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
}

function plainEncoder(resource: Resource): ObjectEncoder {
  const apiVersion = apiVersionOf(resource);
  const item = (stored: StoredObject): KubeObject => served(resource, stored);
  const bare = (object: KubeObject): JsonObject => {
    if (resource.isCustom) return object;
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
    return rest;
  };
  const listOf = (page: ListPage, items: JsonValue[]): JsonObject => {
    const metadata = listMetadata(page);
    if (!resource.isCustom) return { kind: resource.listKind, apiVersion, metadata, items };
    return { apiVersion, items, kind: resource.listKind, metadata: { continue: page.continueToken, ...metadata } };
  };
  return {
    one: (object) => (resource.isCustom ? (orderAsCustom(object) as JsonObject) : object),
    list: (page) =>
      listOf(
        page,
        page.items.map((stored) => bare(item(stored))),
      ),
    listText: (page) => {
      const head = encodeJson(listOf(page, []));
      return head.replace('"items":[]', () => `"items":[${page.items.map((stored) => itemText(resource, stored)).join(',')}]`);
    },
    eventText: (stored) => servedJson(resource, stored),
    bookmarkText: encodeJson,
  };
}

/** An item of a list: those of built-in kinds do not say again of which kind they are. */
function itemText(resource: Resource, stored: StoredObject): string {
  const text = servedJson(resource, stored);
  if (resource.isCustom) return text;
  const prefix = `{"kind":${JSON.stringify(resource.kind)},"apiVersion":${JSON.stringify(apiVersionOf(resource))},`;
  return text.startsWith(prefix) ? `{${text.slice(prefix.length)}` : text;
}

function partial(object: KubeObject, apiVersion: string): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: decodeTyped(object.metadata, objectMetaSchema).value };
}

const wrongForm = (wanted: string, isWhat: string): ApiError =>
  failure({ code: 406, reason: 'NotAcceptable', message: `you requested ${wanted}, but the requested object is ${isWhat}` });

/** The Go type that holds an object or a list in the API server. */
function goType({ isCustom, group, kind }: Resource, suffix: string): string {
  if (isCustom) return `*unstructured.Unstructured${suffix}`;
  const name = group.split('.')[0] ?? '';
  return `*${name === '' || name === 'events' ? 'core' : name}.${kind}${suffix}`;
}

function metadataEncoder(
  resource: Resource,
  apiVersion: string,
  wanted: 'PartialObjectMetadata' | 'PartialObjectMetadataList',
): ObjectEncoder {
  const isList = wanted === 'PartialObjectMetadataList';
  const listBody = (page: ListPage): JsonObject => ({
    kind: 'PartialObjectMetadataList',
    apiVersion,
    metadata: listMetadata(page),
    items: page.items.length === 0 ? null : page.items.map((stored) => partial(served(resource, stored), apiVersion)),
  });
  return {
    one: (object) => {
      if (isList) throw wrongForm(wanted, `not a list (${goType(resource, '')})`);
      return partial(object, apiVersion);
    },
    list: (page) => {
      if (!isList) throw wrongForm(wanted, `a list (${goType(resource, 'List')})`);
      return listBody(page);
    },
    listText: () => undefined,
    eventText: (stored) => encodeJson(partial(served(resource, stored), apiVersion)),
    bookmarkText: (body) => encodeJson({ kind: 'PartialObjectMetadata', apiVersion, metadata: body['metadata'] ?? {} }),
  };
}

function tableEncoder(resource: Resource, apiVersion: string, include: IncludeObject, nowMs: number): ObjectEncoder {
  const rowObject = (object: KubeObject): JsonObject | null =>
    include === 'None' ? null : include === 'Object' ? object : partial(object, apiVersion);
  const build = (objects: readonly KubeObject[], metadata: TableMetadata, withColumns: boolean): JsonObject =>
    tableOf({
      apiVersion,
      columns: resource.columns,
      rowConditions: resource.rowConditions,
      objects,
      metadata,
      rowObject,
      nowMs,
      withColumns,
    });
  let sentColumns = false;
  return {
    one: (object) => {
      const { resourceVersion } = object.metadata;
      return build([object], resourceVersion === undefined ? {} : { resourceVersion }, true);
    },
    list: (page) =>
      build(
        page.items.map((stored) => served(resource, stored)),
        listMetadata(page),
        true,
      ),
    listText: () => undefined,
    eventText: (stored) => {
      const withColumns = !sentColumns;
      sentColumns = true;
      return encodeJson(build([served(resource, stored)], { resourceVersion: String(stored.revision) }, withColumns));
    },
    bookmarkText: (body) => {
      const object = body as KubeObject;
      return encodeJson(build([object], { resourceVersion: object.metadata.resourceVersion ?? '' }, !sentColumns));
    },
  };
}
