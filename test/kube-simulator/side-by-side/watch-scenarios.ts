import { apply, get, mergePatch, post, put, remove } from './scenario.js';
import type { Scenario } from './scenario.js';

const maps = '/api/v1/namespaces/{ns}/configmaps';
const pods = '/api/v1/namespaces/{ns}/pods';
const policies = '/apis/application-networking.k8s.aws/v1alpha1/namespaces/{ns}/targetgrouppolicies';
const policy = (name: string, metadata: object = {}): object => ({
  apiVersion: 'application-networking.k8s.aws/v1alpha1',
  kind: 'TargetGroupPolicy',
  metadata: { name, ...metadata },
  spec: { targetRef: { group: '', kind: 'Service', name: 's' } },
});
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const things = '/apis/{ns}.example.com/v1/namespaces/{ns}/things';
const thing = (name: string, metadata: object = {}): object => ({
  apiVersion: '{ns}.example.com/v1',
  kind: 'Thing',
  metadata: { name, ...metadata },
});
const version = (name: string, rest: object): object => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  ...rest,
});
const definition = (versions: readonly object[] = [version('v1', { storage: true })]): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.{ns}.example.com' },
  spec: { group: '{ns}.example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing', shortNames: ['th'] }, versions },
});
const watch = (path: string, query = '', seconds = 3): string => `${path}?watch=true&timeoutSeconds=${seconds}${query}`;

/** Which events come, in which order, while objects change. */
export const watchScenarios: readonly Scenario[] = [
  {
    name: 'objects change under watches with selectors',
    watches: [
      watch(maps),
      watch(maps, '&labelSelector=app%3Da'),
      watch(maps, '&labelSelector=!app'),
      watch(maps, '&fieldSelector=metadata.name%3Db'),
      watch('/api/v1/watch/namespaces/{ns}/configmaps/a'),
      watch(maps, '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'),
    ],
    steps: [
      post(maps, { metadata: { name: 'a', labels: { app: 'a' } } }),
      post(maps, { metadata: { name: 'b' } }),
      mergePatch(`${maps}/a`, { data: { x: '1' } }),
      mergePatch(`${maps}/a`, { data: { x: '1' } }),
      mergePatch(`${maps}/a`, { metadata: { labels: { app: 'b' } } }),
      mergePatch(`${maps}/b`, { metadata: { labels: { app: 'a' } } }),
      mergePatch(`${maps}/b`, { metadata: { labels: { app: null } } }),
      mergePatch(`${maps}/a`, { metadata: { labels: { app: 'a' } } }),
      post(`${maps}?dryRun=All`, { metadata: { name: 'dry' } }),
      remove(`${maps}/a`),
      remove(maps),
    ],
  },
  {
    name: 'custom objects and pods change under watches',
    watches: [watch(policies), watch(pods), watch(pods, '&fieldSelector=status.phase%3DRunning')],
    steps: [
      post(policies, policy('a', { finalizers: ['x.io/y'] })),
      mergePatch(`${policies}/a/status`, { status: { conditions: [] } }),
      apply(`${policies}/a?fieldManager=m&force=true`, policy('a')),
      apply(`${policies}/a?fieldManager=m&force=true`, policy('a')),
      remove(`${policies}/a`),
      remove(`${policies}/a`),
      mergePatch(`${policies}/a`, { metadata: { finalizers: null } }),
      post(pods, { metadata: { name: 'p' }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] } }),
      mergePatch(`${pods}/p/status`, { status: { phase: 'Running' } }),
      remove(`${pods}/p`, { gracePeriodSeconds: 7 }),
      remove(`${pods}/p`, { gracePeriodSeconds: 9 }),
      remove(`${pods}/p`, { gracePeriodSeconds: 3 }),
      remove(`${pods}/p`, { gracePeriodSeconds: 0 }),
      post(pods, { metadata: { name: 'q' }, spec: { containers: [{ name: 'c', image: 'i' }] } }),
      remove(pods),
    ],
  },
  {
    name: 'a definition comes, and goes with its objects',
    watches: [watch(definitions, '&fieldSelector=metadata.name%3Dthings.{ns}.example.com', 12)],
    steps: [
      get(things),
      post(definitions, definition()),
      { ...get(things), untilStatus: 200 },
      post(things, thing('a')),
      post(things, thing('b', { finalizers: ['x.io/y'] })),
      get('/apis/{ns}.example.com/v1'),
      remove(`${definitions}/things.{ns}.example.com`),
      { ...get(`${things}/a`), untilStatus: 404 },
      get(`${things}/b`),
      post(things, thing('c')),
      remove(`${definitions}/things.{ns}.example.com`),
      mergePatch(`${things}/b`, { metadata: { finalizers: null } }),
      { ...get(`${definitions}/things.{ns}.example.com`), untilStatus: 404 },
      { ...get(`/apis/{ns}.example.com/v1`), untilStatus: 404 },
      get(things),
    ],
  },
  {
    name: 'a definition has two versions',
    steps: [
      post(definitions, definition([version('v1', { storage: true }), version('v1beta1', {})])),
      { ...get(things), untilStatus: 200 },
      { ...get('/apis/{ns}.example.com/v1beta1/namespaces/{ns}/things'), untilStatus: 200 },
      post('/apis/{ns}.example.com/v1beta1/namespaces/{ns}/things', { ...thing('a'), apiVersion: '{ns}.example.com/v1beta1', x: 1 }),
      get(`${things}/a`),
      mergePatch('/apis/{ns}.example.com/v1beta1/namespaces/{ns}/things/a', { x: 2 }),
      apply(`${things}/a?fieldManager=m`, { ...thing('a'), y: 1 }),
      get('/apis/{ns}.example.com'),
      { ...get(`${definitions}/things.{ns}.example.com`, { remember: { rv: ['metadata', 'resourceVersion'] } }) },
      put(`${definitions}/things.{ns}.example.com`, definition()),
      mergePatch(`${definitions}/things.{ns}.example.com`, { spec: { names: { shortNames: ['thg'], categories: ['all'] } } }),
      mergePatch(`${definitions}/things.{ns}.example.com`, { spec: { group: 'other.example.com' } }),
      mergePatch(`${definitions}/things.{ns}.example.com`, { spec: { scope: 'Cluster' } }),
      remove(`${definitions}/things.{ns}.example.com`),
      { ...get(`${definitions}/things.{ns}.example.com`), untilStatus: 404 },
    ],
  },
];
