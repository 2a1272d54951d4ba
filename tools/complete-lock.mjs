// Adds to package-lock.json the optional platform packages that the registry in reach does not serve, as npm would have
// written them with the whole registry in reach (less the integrity). Without them `npm ci` says "Missing: X@ from lock file".
import { readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const OS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32'];
const CPU = ['arm64', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32', 'arm'];
let n = 0;
for (const [at, p] of Object.entries(lock.packages)) {
  for (const [name, spec] of Object.entries(p.optionalDependencies ?? {})) {
    // looked up as Node does: nested first, then up
    let dir = at,
      found = false;
    for (;;) {
      if (lock.packages[`${dir ? dir + '/' : ''}node_modules/${name}`]) {
        found = true;
        break;
      }
      const i = dir.lastIndexOf('/node_modules/');
      if (dir === '') break;
      dir = i < 0 ? '' : dir.slice(0, i);
    }
    if (found) continue;
    const words = name.split('/').pop().split(/[-_.]/).concat(name.replace(/^@/, '').split('/'));
    const os = OS.find((o) => words.includes(o)),
      cpu = CPU.find((c) => words.some((w) => w === c || (c === 'arm' && /^arm(hf|v\d)?$/.test(w))));
    if (!os && !cpu) continue;
    lock.packages[`node_modules/${name}`] = {
      version: spec.replace(/^[~^]/, ''),
      ...(cpu && { cpu: [cpu] }),
      ...(p.dev && { dev: true }),
      optional: true,
      ...(os && { os: [os] }),
    };
    n++;
  }
}
const { '': root, ...rest } = lock.packages;
lock.packages = { '': root, ...Object.fromEntries(Object.entries(rest).toSorted(([a], [b]) => a.localeCompare(b, 'en'))) };
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n');
console.log(`${n} optional platform packages added`);
