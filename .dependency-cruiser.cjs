/**
 * The arrows of the house: apps -> fleet, lattice, workqueue -> kube, plan -> model -> api. What is not allowed here does not build.
 * @type {import('dependency-cruiser').IConfiguration}
 */
// What builds the facts of specs is of the specs.
const builders = '\\.spec-builders\\.ts$';
const spec = `\\.spec\\.ts$|${builders}`;
const room = (name) => `^libs/${name}/src`;
/** A room of libs may reach these rooms and npm packages, and nothing else of either. */
const mayReach = (name, rooms, packages) => ({
  name: `${name}-stays-in-its-lane`,
  severity: 'error',
  from: { path: room(name), pathNot: [spec] },
  to: {
    pathNot: [room(name), ...rooms.map(room), ...packages.map((p) => `node_modules/${p}/`)],
    dependencyTypesNot: ['core'],
  },
});
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    mayReach('api', [], ['zod']),
    mayReach('model', ['api'], []),
    mayReach('plan', ['model', 'api'], []),
    mayReach('telemetry', [], ['pino', 'prom-client']),
    mayReach('kube', ['api', 'telemetry'], ['@kubernetes/client-node', 'undici', 'zod', 'yaml', 'ipaddr\\.js']),
    mayReach('fleet', ['kube', 'model', 'api', 'telemetry', 'plan'], ['zod']),
    mayReach('lattice', ['model', 'api', 'telemetry'], ['@aws-sdk', '@smithy']),
    mayReach('workqueue', ['telemetry'], ['bullmq', 'ioredis']),
    mayReach('kube-simulator', [], ['@peculiar/x509', 'reflect-metadata', 'yaml', 'commander']),
    mayReach('aws-simulator', [], ['commander']),
    {
      name: 'plan-does-no-io',
      severity: 'error',
      from: { path: '^libs/(plan|model|api)/src', pathNot: [spec] },
      to: { dependencyTypes: ['core'], pathNot: ['^(node:)?crypto$'] },
    },
    {
      name: 'bullmq-has-one-room',
      severity: 'error',
      from: { pathNot: ['^libs/workqueue/', '^apps/hub/src/queue-board', '^test/', spec] },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'kubernetes-has-one-room',
      severity: 'error',
      from: { pathNot: ['^libs/kube/', '^test/', spec] },
      to: { path: 'node_modules/@kubernetes/' },
    },
    {
      name: 'aws-has-one-room',
      severity: 'error',
      from: { pathNot: ['^libs/lattice/', '^test/', spec] },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    { name: 'spec-builders-only-for-specs', severity: 'error', from: { pathNot: ['^test/', spec] }, to: { path: builders } },
    { name: 'libs-not-to-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    { name: 'apps-apart', severity: 'error', from: { path: '^apps/([^/]+)/src' }, to: { path: '^apps/', pathNot: '^apps/$1/' } },
    {
      name: 'simulators-only-for-sandbox-and-tests',
      severity: 'error',
      from: { pathNot: ['^libs/(kube|aws)-simulator/', '^apps/sandbox/', '^test/', spec] },
      to: { path: '^libs/(kube|aws)-simulator/' },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'not-to-dev-dep',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src', pathNot: [spec, '^libs/(kube|aws)-simulator/', '^apps/sandbox/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.json'],
    },
    moduleSystems: ['es6', 'cjs'],
    detectJSDocImports: false,
  },
};
