import { get, mergePatch, post, remove } from './scenario.js';
import type { Scenario, Step } from './scenario.js';

const maps = '/api/v1/namespaces/{ns}/configmaps';
const policies = '/apis/application-networking.k8s.aws/v1alpha1/namespaces/{ns}/targetgrouppolicies';
const policy = (name: string, labels: object = {}): object => ({
  apiVersion: 'application-networking.k8s.aws/v1alpha1',
  kind: 'TargetGroupPolicy',
  metadata: { name, labels },
  spec: { targetRef: { group: '', kind: 'Service', name: 's' } },
});
const map = (name: string, labels: object = {}): object => ({ metadata: { name, labels } });
const revisions = ['', '&resourceVersion=', '&resourceVersion=0', '&resourceVersion={$rv}'];
const matches = ['', '&resourceVersionMatch=', '&resourceVersionMatch=Exact', '&resourceVersionMatch=NotOlderThan'];
const each = (at: string, rest: readonly string[]): readonly Step[] =>
  revisions.flatMap((revision) => matches.flatMap((match) => rest.map((more) => get(`${at}?x=1${revision}${match}${more}`))));
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const partial = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json' };
const partialItem = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json' };
const initial = 'watch=true&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

/** Lists and watches from every resourceVersion with every match, page by page, in every form. */
export const listScenarios: readonly Scenario[] = [
  {
    name: 'lists name every resourceVersion with every match',
    steps: [
      ...['a', 'b', 'c'].map((name) => post(maps, map(name, { app: name }))),
      get(maps, { remember: { rv: ['metadata', 'resourceVersion'] } }),
      ...each(maps, ['', '&limit=2']),
    ],
  },
  {
    name: 'lists look back to what was',
    steps: [
      ...['a', 'b', 'c'].flatMap((name) => [post(maps, map(name, { app: name })), post(policies, policy(name, { app: name }))]),
      get(maps, { remember: { rv: ['metadata', 'resourceVersion'] } }),
      mergePatch(`${maps}/b`, { metadata: { labels: { app: 'a' } } }),
      mergePatch(`${policies}/b`, { metadata: { labels: { app: 'a' } } }),
      remove(`${maps}/c`),
      remove(`${policies}/c`),
      post(maps, map('d')),
      post(policies, policy('d')),
      ...[maps, policies].flatMap((at) => [
        get(`${at}?resourceVersion={$rv}&resourceVersionMatch=Exact`),
        get(`${at}?resourceVersion={$rv}&resourceVersionMatch=Exact&labelSelector=app%3Da`),
        get(`${at}?resourceVersion={$rv}&resourceVersionMatch=Exact&limit=2`, { remember: { old: ['metadata', 'continue'] } }),
        get(`${at}?limit=2&continue={$old}`),
        get(`${at}?resourceVersion={$rv}&resourceVersionMatch=NotOlderThan`),
        get(`${at}?resourceVersion={$rv}`),
        get(`${at}?resourceVersion={$rv}&limit=2`),
        get(`${at}?watch=true&timeoutSeconds=1&resourceVersion={$rv}`),
        get(`${at}?watch=true&timeoutSeconds=1&resourceVersion={$rv}&labelSelector=app%3Da`),
        get(`${at}?limit=1`, { remember: { next: ['metadata', 'continue'] } }),
        post(at, at === maps ? map('aa') : policy('aa')),
        post(at, at === maps ? map('bb') : policy('bb')),
        get(`${at}?limit=1&continue={$next}`, { remember: { next: ['metadata', 'continue'] } }),
        get(`${at}?continue={$next}`),
        get(`${at}?limit=1&continue={$next}&resourceVersion=0`),
        get(`${at}?limit=1&continue={$next}&resourceVersion={$rv}`),
        get(`${at}?limit=1&continue={$next}&resourceVersionMatch=Exact`),
        get(`${at}?limit=1&continue={$next}&labelSelector=app`),
        get(`${at}?limit=500&continue=`),
        get(`${at}?continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYVx1MDAwMCJ9`),
        get(`${at}?continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MCwic3RhcnQiOiJhXHUwMDAwIn0`),
        get(`${at}?continue=eyJ2IjoieCIsInJ2IjoxLCJzdGFydCI6ImEifQ`),
        get(`${at}?continue=e30`),
        get(`${at}/a?resourceVersion={$rv}`),
        get(`${at}/c?resourceVersion={$rv}`),
      ]),
    ],
  },
  {
    name: 'watches begin from every resourceVersion with every match',
    steps: [post(maps, map('a', { app: 'a' })), get(maps, { remember: { rv: ['metadata', 'resourceVersion'] } }), post(maps, map('b'))],
    reads: [...each(maps, ['&watch=true&timeoutSeconds=1'])],
  },
  {
    name: 'watches ask for what is there, and for its end',
    steps: [post(maps, map('a', { app: 'a' })), get(maps, { remember: { rv: ['metadata', 'resourceVersion'] } }), post(maps, map('b'))],
    reads: [
      ...['', '&allowWatchBookmarks=true'].flatMap((bookmarks) =>
        ['', '&resourceVersionMatch=NotOlderThan', '&resourceVersionMatch=Exact'].flatMap((match) => [
          get(`${maps}?watch=true&timeoutSeconds=1&sendInitialEvents=true${match}${bookmarks}`),
          get(`${maps}?watch=true&timeoutSeconds=1&sendInitialEvents=true&resourceVersion=0${match}${bookmarks}`),
          get(`${maps}?watch=true&timeoutSeconds=1&sendInitialEvents=true&resourceVersion={$rv}${match}${bookmarks}`),
          get(`${maps}?watch=true&timeoutSeconds=1&sendInitialEvents=false&resourceVersion={$rv}${match}${bookmarks}`),
        ]),
      ),
      get(`${maps}?${initial}&labelSelector=app`),
      get(`${maps}?${initial}&fieldSelector=metadata.name%3Db`),
      get(`${maps}?${initial}&limit=1`),
      get(`${maps}?${initial}&continue=x`),
      get(`${maps}?${initial}`, { headers: table }),
      get(`${maps}?${initial}`, { headers: partialItem }),
      get(`${policies}?${initial}`),
      get(`${policies}?watch=true&timeoutSeconds=1&resourceVersion={$rv}`),
      get(`${maps}?watch=true&timeoutSeconds=1`, { headers: { accept: 'application/yaml' } }),
      get(`${policies}?watch=true&timeoutSeconds=1`, { headers: { accept: 'application/yaml' } }),
      get(`${maps}?watch=true&timeoutSeconds=1`, { headers: { accept: 'application/yaml, application/json;q=0.5' } }),
      get(`${maps}?watch=true&timeoutSeconds=1&labelSelector=a%20b`),
      get(`${maps}?watch=true&timeoutSeconds=1&fieldSelector=spec.x%3Dy`),
      get(`${maps}?watch=true&timeoutSeconds=1&limit=1`),
      get(`${maps}?allowWatchBookmarks=bogus`),
      get(`${maps}?sendInitialEvents=bogus`),
      get('/api/v1/namespaces/not-there/configmaps?watch=true&timeoutSeconds=1'),
    ],
  },
  {
    name: 'lists and objects come in every form',
    steps: [
      post(maps, map('a', { app: 'a' })),
      post(policies, policy('a')),
      ...[maps, policies].flatMap((at) => [
        get(`${at}?limit=1`, { headers: table }),
        get(`${at}?limit=1`, { headers: partial }),
        get(`${at}/a`, { headers: partialItem }),
        ...(at === maps ? [get(`${at}/a`, { headers: partial })] : []),
        get(`${at}/a`, { headers: { accept: 'application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json' } }),
        get(`${at}/a`, { headers: { accept: 'application/json;as=Table;v=v2;g=meta.k8s.io' } }),
        get(`${at}/missing`, { headers: table }),
        get(`${at}?watch=true&timeoutSeconds=1`, { headers: partialItem }),
        post(`${at}?dryRun=All`, at === maps ? map('b') : policy('b'), { headers: table }),
        mergePatch(`${at}/a`, { metadata: { labels: { x: 'y' } } }, { headers: partialItem }),
        remove(`${at}?dryRun=All`, undefined, { headers: table }),
        remove(`${at}/a`, undefined, { headers: table }),
      ]),
    ],
  },
];
