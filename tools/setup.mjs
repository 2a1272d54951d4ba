// What `npm start` and `npm test` need and a fresh machine lacks: the packages, a Redis, a build. Node built-ins only, because nothing is
// installed when it runs. What is there already is not done again.
//   --quiet           says nothing when there is nothing to do
//   --without-redis   for the parts that use no Redis of ours
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const quiet = process.argv.includes('--quiet');
const started = Date.now();
let didSomething = false;

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Node ${process.versions.node} is too old to set lattice-hub up: install Node 20 or newer.`);

withLock(() => {
  step('packages', packagesAreStale, installPackages);
  if (!process.argv.includes('--without-redis')) step('Redis', redisIsMissing, provideRedis);
  step('build', buildIsStale, build);
});
if (didSomething || !quiet) say(`ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);

/** Runs `act` where `isNeeded` says so, and tells how long it took. */
function step(name, isNeeded, act) {
  const why = isNeeded();
  if (!why) return;
  didSomething = true;
  const from = Date.now();
  say(`${name}: ${why}`);
  act();
  say(`${name}: done in ${((Date.now() - from) / 1000).toFixed(1)} s`);
}

// --- packages ---------------------------------------------------------------------------------------------------------------------------

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function packagesAreStale() {
  const stamp = read(join(root, 'node_modules/.lattice-hub-lock'));
  if (stamp === lockHash()) return undefined;
  return stamp ? 'package-lock.json has changed, npm ci (about half a minute)' : 'npm ci (about half a minute)';
}

function installPackages() {
  // No package here needs its install script; leaving them out keeps a compiler and the network out of the set-up.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci failed');
  const version = spawnSync(join(root, 'node_modules/.bin/node'), ['--version'], { encoding: 'utf8' });
  if (version.status !== 0 && major < 22) {
    fail(`Node ${process.versions.node} is too old, and no packaged Node fits this machine: install Node 22.19 or newer.`);
  }
  writeFileSync(join(root, 'node_modules/.lattice-hub-lock'), lockHash());
}

// --- Redis ------------------------------------------------------------------------------------------------------------------------------

/** Where the sandbox and the tests look up how to start a Redis of their own. */
function redisRecord() {
  return join(root, 'node_modules/.cache/lattice-hub/redis.json');
}

function redisIsMissing() {
  if (process.env.REDIS_URL) return undefined;
  const known = read(redisRecord());
  if (known && startsAsRedis(JSON.parse(known))) return undefined;
  return 'looking for a Redis server';
}

function provideRedis() {
  for (const name of ['redis-server', 'valkey-server']) {
    const path = onPath(name);
    if (path && record({ command: path, env: {} })) return;
  }
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lattice-hub/redis');
  if (!startsAsRedis(unpacked(cache))) unpackFromDebian(cache);
  if (record(unpacked(cache))) return;
  fail('No Redis 7 or newer: install redis-server (or valkey-server), or set REDIS_URL.');
}

function record(redis) {
  if (!startsAsRedis(redis)) return false;
  mkdirSync(join(redisRecord(), '..'), { recursive: true });
  writeFileSync(redisRecord(), JSON.stringify(redis));
  say(`Redis: ${redis.command}`);
  return true;
}

function startsAsRedis(redis) {
  const out = spawnSync(redis.command, ['--version'], { encoding: 'utf8', env: { ...process.env, ...redis.env } });
  const version = /v=(\d+)\./.exec(out.stdout ?? '');
  return out.status === 0 && version !== null && Number(version[1]) >= 7;
}

function unpacked(cache) {
  const libs = ['lib', 'usr/lib'].flatMap((dir) => [join(cache, dir), ...folders(join(cache, dir))]);
  return { command: join(cache, 'usr/bin/redis-server'), env: { LD_LIBRARY_PATH: libs.filter((d) => existsSync(d)).join(':') } };
}

/** Debian's packages, downloaded and unpacked into the cache: nothing is installed and no daemon is started. */
function unpackFromDebian(cache) {
  if (!onPath('apt-get') || !onPath('dpkg-deb')) fail('No Redis on this machine: install redis-server 7 or newer, or set REDIS_URL.');
  say('Redis: none on this machine, taking the Debian package into the cache');
  const work = `${cache}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'debs'), { recursive: true });
  const options = aptOptions(work);
  const wanted = ['redis-server', 'redis-tools', ...redisLibraries(options)];
  run(
    'apt-get',
    [...options, 'download', ...wanted],
    'Redis could not be downloaded: install redis-server, or set REDIS_URL',
    join(work, 'debs'),
  );
  for (const deb of readdirSync(join(work, 'debs'))) run('dpkg-deb', ['-x', join(work, 'debs', deb), work], `${deb} could not be unpacked`);
  rmSync(join(work, 'debs'), { recursive: true, force: true });
  rmSync(cache, { recursive: true, force: true });
  renameSync(work, cache);
}

/** The machine's own package lists where it has some, else private ones in the cache. Neither needs root. */
function aptOptions(work) {
  if (spawnSync('apt-cache', ['show', 'redis-server'], { stdio: 'ignore' }).status === 0) return [];
  const state = join(work, 'apt');
  mkdirSync(join(state, 'lists/partial'), { recursive: true });
  mkdirSync(join(state, 'archives/partial'), { recursive: true });
  const options = ['-o', `Dir::State::lists=${state}/lists`, '-o', `Dir::Cache=${state}`, '-o', 'APT::Sandbox::User='];
  run('apt-get', [...options, '-q', 'update'], 'the package lists could not be read: install redis-server, or set REDIS_URL');
  return options;
}

/** The libraries that the two packages name and the machine does not have. */
function redisLibraries(options) {
  const out = spawnSync('apt-cache', [...options, 'depends', '--no-recommends', '--no-suggests', 'redis-server', 'redis-tools'], {
    encoding: 'utf8',
  });
  const names = [...(out.stdout ?? '').matchAll(/Depends: ((?:lib|lua)\S+)/g)].map((m) => m[1]);
  return [...new Set(names)].filter((name) => !/^libc6$/.test(name) && spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status !== 0);
}

// --- build ------------------------------------------------------------------------------------------------------------------------------

function sourceHash() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) return void hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
    for (const name of readdirSync(path).toSorted()) visit(join(path, name));
  };
  for (const name of ['apps', 'libs', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])
    visit(join(root, name));
  return hash.digest('hex');
}

function buildIsStale() {
  return read(join(root, 'dist/.lattice-hub-build')) === sourceHash() ? undefined : 'nest build (about ten seconds)';
}

function build() {
  const hash = sourceHash();
  run(join(root, 'node_modules/.bin/nest'), ['build'], 'the build failed');
  writeFileSync(join(root, 'dist/.lattice-hub-build'), hash);
}

// --- small things -----------------------------------------------------------------------------------------------------------------------

function run(command, args, failure, cwd = root) {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const out = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, PATH: path } });
  if (out.status === 0) return;
  const told = `${out.stdout ?? ''}${out.stderr ?? ''}`.trim().split('\n').slice(-20).join('\n');
  fail(`${failure}${out.error ? `: ${out.error.message}` : ''}${told ? `\n${told}` : ''}`);
}

/** Two commands in one clone may start at once; the second waits for the first. */
function withLock(act) {
  const lock = join(tmpdir(), `lattice-hub-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  let isTold = false;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      if (!isAlive(Number(read(lock)))) rmSync(lock, { force: true });
      else {
        if (!isTold) say(`waiting for the set-up of this clone that runs already, as process ${read(lock)}`);
        isTold = true;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      }
    }
  }
  process.on('exit', () => rmSync(lock, { force: true }));
  act();
}

function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find((path) => existsSync(path));
}

function folders(dir) {
  return existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true })
        .filter((e) => e.isDirectory())
        .map((e) => join(dir, e.name))
    : [];
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function say(text) {
  console.error(`set-up: ${text}`);
}

function fail(text) {
  console.error(`set-up: ${text}`);
  process.exit(1);
}
