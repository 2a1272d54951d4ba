import { array, constant, constantFrom, dictionary, jsonValue, oneof, option, record, string, stringMatching, tuple } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { RawRequest } from './raw-request.js';
import { group, soundObjects } from './sound-objects.js';
import type { Json } from './sound-objects.js';

const usually = (usual: string, weight: number, ...others: string[]): Arbitrary<string> =>
  oneof({ weight, arbitrary: constant(usual) }, { weight: others.length, arbitrary: constantFrom(...others) });
const names = usually('a', 8, 'b', 'default', 'kube-system', 'things.example.com', 'A_b', '%2F', '%00', '..', '%zz', 'x'.repeat(300));
const namespaces = usually('default', 8, 'missing', 'kube-system', 'X', '%20');
const subresources = usually(
  '',
  20,
  'status',
  'status',
  'status',
  'scale',
  'token',
  'finalize',
  'log',
  'eviction',
  'ephemeralcontainers',
  'x/y',
);
const otherPaths = constantFrom(
  '/',
  '/api',
  '/apis',
  '/api/v1',
  `/apis/${group}`,
  `/apis/${group}/v1alpha1`,
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/api/v1',
  `/openapi/v3/apis/${group}/v1alpha1`,
  '/version',
  '/readyz',
  '/healthz/etcd',
  '/metrics',
  '/api/v1/namespaces/default/serviceaccounts/a/token',
  '/apis/example.com/v1/namespaces/default/things/a',
  '/api/v1/watch/configmaps',
  '/__proto__',
  '/apis/constructor/v1/toString',
);
const anySegments = array(
  oneof(names, constantFrom('api', 'v1', 'apis', 'namespaces', '', '__proto__', 'watch'), stringMatching(/^[!-$&-.0-~]{0,8}$/u)),
  {
    maxLength: 6,
  },
).map((segments) => `/${segments.join('/')}`);

const queryNames = constantFrom(
  'watch',
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'labelSelector',
  'fieldSelector',
  'sendInitialEvents',
  'allowWatchBookmarks',
  'timeoutSeconds',
  'dryRun',
  'fieldManager',
  'fieldValidation',
  'force',
  'gracePeriodSeconds',
  'propagationPolicy',
  'orphanDependents',
  'pretty',
  'includeObject',
  'verbose',
  'exclude',
);
const queryValues = oneof(
  constantFrom(
    '',
    '0',
    '1',
    'true',
    'false',
    'x',
    '-1',
    '99999999999999999999',
    'All',
    'Exact',
    'NotOlderThan',
    'Strict',
    'Warn',
    'Orphan',
  ),
  constantFrom(
    'Foreground',
    'app=a',
    'app in (a,b)',
    '!app',
    'app>1',
    'a=b=c',
    'metadata.name=a',
    'status.phase!=Running',
    ',',
    '(',
    'a in',
  ),
  string({ maxLength: 10 }),
);
const queries = dictionary(queryNames, queryValues, { maxKeys: 4, noNullPrototype: true }).map((given) => {
  const text = new URLSearchParams(Object.entries(given).map(([name, value]): [string, string] => [name, value.toWellFormed()])).toString();
  return text === '' ? '' : `?${text}`;
});

const headerValues: Readonly<Record<string, Arbitrary<string>>> = {
  accept: constantFrom(
    'application/json',
    '*/*',
    'application/yaml',
    'image/png',
    'application/vnd.kubernetes.protobuf',
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
    ';;,,q=',
  ),
  'accept-encoding': constantFrom('gzip', 'br', '*', ';'),
  'content-encoding': constantFrom('gzip', 'identity', 'x'),
  'impersonate-user': constantFrom('hub', '', 'system:serviceaccount:default:a', 'é'),
  'impersonate-group': constantFrom('system:masters', 'x,y'),
  'impersonate-extra-a%zz': constantFrom('x'),
  'user-agent': constantFrom('curl/8', 'kubectl/v1.37.2', '', '/', '\u0080é/1'),
  'audit-id': constantFrom('x', '\u00ff', 'y'.repeat(65)),
  'if-none-match': constantFrom('*', '"x"'),
  'if-modified-since': constantFrom('Thu, 01 Jan 1970 00:00:00 GMT', 'x'),
  'kubectl-command': constantFrom('x'),
};
const someHeaders = array(
  oneof(...Object.entries(headerValues).map(([name, value]) => value.map((text): [string, string] => [name, text]))),
  { maxLength: 3 },
).map((entries) => Object.fromEntries(entries));
const headers = oneof({ weight: 3, arbitrary: constant<Record<string, string>>({}) }, { weight: 2, arbitrary: someHeaders });
const credentials = oneof(
  { weight: 20, arbitrary: constant('Bearer admin-token') },
  { weight: 2, arbitrary: constant('Bearer hub-token') },
  { weight: 1, arbitrary: constantFrom('', 'Bearer', 'Bearer x y', 'Basic YTpi', 'bearer admin-token', 'Bearer é') },
);
const contentTypes = oneof(
  { weight: 6, arbitrary: constant('application/json') },
  {
    weight: 3,
    arbitrary: constantFrom(
      'application/yaml',
      'application/vnd.kubernetes.protobuf',
      'text/plain',
      '',
      'x',
      'application/json; charset=utf-8',
      'application/x-www-form-urlencoded',
    ),
  },
);
const patchTypes = constantFrom(
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
  'application/json',
);

const anyJson = oneof(
  jsonValue({ maxDepth: 2 }) as Arbitrary<Json>,
  constantFrom<Json>(
    null,
    '',
    'a',
    0,
    -1,
    80,
    1.5,
    1e30,
    true,
    [],
    {},
    [null],
    [{}],
    ['a', 'a'],
    { a: null },
    { '': {} },
    '__proto__',
    '2026-01-01T00:00:00Z',
  ),
);

/** Every place in a value, as the steps that lead there. */
function placesOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...children.flatMap(([key, child]) => placesOf(child, [...path, key]))];
}

function replaced(value: Json, [step, ...rest]: readonly string[], replacement: Json | undefined): Json | undefined {
  if (step === undefined) return replacement;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, key === step ? replaced(child, rest, replacement) : child] as const);
  const kept = entries.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined);
  return Array.isArray(value) ? kept.map(([, child]) => child) : Object.fromEntries(kept);
}

/** A sound object with up to three of its parts missing, or something else. */
function mutated(object: Json): Arbitrary<Json> {
  const places = placesOf(object);
  const change = tuple(constantFrom(...places), option(anyJson, { freq: 3, nil: undefined }));
  return array(change, { maxLength: 3 }).map((changes) =>
    changes.reduce<Json>((value, [place, replacement]) => replaced(value, place, replacement) ?? null, object),
  );
}

function jsonPatch(object: Json): Arbitrary<Json> {
  const pointer = oneof(
    constantFrom(...placesOf(object).map((place) => place.map((step) => `/${step.replaceAll('/', '~1')}`).join(''))),
    constantFrom('/x/y', '/spec/ports/-', '/metadata/labels/z', '/spec/ports/00', '~', '/~2', '/metadata/finalizers/9'),
  );
  const operation = record(
    { op: constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'), path: pointer, from: pointer, value: anyJson },
    { requiredKeys: ['op', 'path'], noNullPrototype: true },
  );
  return array(operation as Arbitrary<Json>, { maxLength: 3 });
}

function strategicPatch(object: Json): Arbitrary<Json> {
  const directive = dictionary(
    constantFrom('$patch', '$retainKeys', '$setElementOrder/ports', '$deleteFromPrimitiveList/finalizers', '$setElementOrder/containers'),
    oneof(constantFrom<Json>('delete', 'replace', 'merge', ['a'], [{ name: 'c' }], [{ port: 80 }]), anyJson),
    { maxKeys: 2, noNullPrototype: true },
  );
  return tuple(mutated(object), directive).map(([value, extra]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value, spec: { ...Object(value['spec']), ...extra } }
      : value,
  );
}

/** The text of a body: as a whole, cut off, with something behind it, or no JSON at all. */
function textOf(value: Arbitrary<Json>): Arbitrary<string | Uint8Array> {
  const whole = value.map((json) => JSON.stringify(json));
  return oneof(
    { weight: 12, arbitrary: whole },
    { weight: 1, arbitrary: whole.map((text) => text.slice(0, Math.floor(text.length / 2))) },
    { weight: 1, arbitrary: whole.map((text) => `${text}${text}`) },
    {
      weight: 1,
      arbitrary: constantFrom<string | Uint8Array>(
        '',
        '{',
        '\u0000',
        '---\n',
        '- a: [',
        '&a [*a]',
        'a: &x\n  b: *x',
        '"',
        '1e999',
        '{"a":1,"a":2}',
      ),
    },
    {
      weight: 1,
      arbitrary: constantFrom(Buffer.from([0x6b, 0x38, 0x73, 0x00, 0x0a, 0xff, 0xff]), Buffer.from('k8s\0'), Buffer.from([0xff, 0xfe])),
    },
    { weight: 1, arbitrary: whole.map((text) => `[`.repeat(500) + text) },
  );
}

/** Any request: most of them nearly right, some of them not at all. */
export const arbitraryRequest: Arbitrary<RawRequest> = constantFrom(...soundObjects).chain(({ prefix, plural, isNamespaced, object }) => {
  const inNamespace = namespaces.map((namespace) => `${prefix}/namespaces/${namespace}/${plural}`);
  const collection = isNamespaced
    ? oneof({ weight: 8, arbitrary: inNamespace }, { weight: 1, arbitrary: constant(`${prefix}/${plural}`) })
    : constant(`${prefix}/${plural}`);
  const one = tuple(collection, names, subresources).map(
    ([path, name, subresource]) => `${path}/${name}${subresource === '' ? '' : `/${subresource}`}`,
  );
  const anyPath = oneof(
    { weight: 4, arbitrary: collection },
    { weight: 4, arbitrary: one },
    { weight: 1, arbitrary: otherPaths },
    { weight: 1, arbitrary: anySegments },
  );
  const readMethod = constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'BOGUS', 'DELETE');
  const writeMethod = constantFrom('POST', 'PUT', 'PATCH', 'TRACE', 'BOGUS');
  const anyPatch = oneof(mutated(object), jsonPatch(object), strategicPatch(object));
  return oneof(
    { weight: 4, arbitrary: written(constant('POST'), collection, textOf(mutated(object)), contentTypes) },
    { weight: 3, arbitrary: written(constant('PUT'), one, textOf(mutated(object)), contentTypes) },
    { weight: 6, arbitrary: written(constant('PATCH'), one, textOf(anyPatch), patchTypes) },
    { weight: 2, arbitrary: written(constant('DELETE'), anyPath, textOf(deleteOptions), contentTypes) },
    { weight: 5, arbitrary: record({ method: readMethod, path: full(anyPath), headers: allHeaders }) },
    { weight: 1, arbitrary: written(writeMethod, anyPath, textOf(anyJson), oneof(contentTypes, patchTypes)) },
  );
});

const deleteOptions = dictionary(
  constantFrom('apiVersion', 'kind', 'gracePeriodSeconds', 'propagationPolicy', 'preconditions', 'orphanDependents', 'dryRun'),
  oneof(
    constantFrom<Json>('v1', 'DeleteOptions', 0, 'Orphan', 'Foreground', { uid: 'x' }, { resourceVersion: '1' }, ['All'], true),
    anyJson,
  ),
  { maxKeys: 4, noNullPrototype: true },
);
const allHeaders = tuple(headers, credentials).map(([given, authorization]) => ({
  ...given,
  ...(authorization === '' ? {} : { authorization }),
}));
const full = (path: Arbitrary<string>): Arbitrary<string> => tuple(path, queries).map(([text, query]) => text + query);

function written(
  method: Arbitrary<string>,
  path: Arbitrary<string>,
  body: Arbitrary<string | Uint8Array>,
  contentType: Arbitrary<string>,
): Arbitrary<RawRequest> {
  return record({
    method,
    path: full(path),
    headers: tuple(allHeaders, contentType).map(([given, type]) => ({ ...given, ...(type === '' ? {} : { 'content-type': type }) })),
    body,
  });
}
