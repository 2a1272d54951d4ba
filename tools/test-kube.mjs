// Runs test/kube-servers against real kube-apiservers, from KUBEBUILDER_ASSETS or from what test/kube-assets/build.sh has built.
//   node tools/test-kube.mjs [ARGUMENTS OF JEST]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const assets = process.env.KUBEBUILDER_ASSETS || builtHere();
if (!['kube-apiserver', 'etcd'].every((program) => existsSync(join(assets, program)))) {
  console.error(
    `test:kube: ${assets} has no kube-apiserver and etcd: set KUBEBUILDER_ASSETS to a folder with both, or run test/kube-assets/build.sh`,
  );
  process.exit(1);
}
const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(root, 'node_modules/jest/bin/jest.js')];
// Two files at a time: each starts four API servers, and waits more than it works.
const jest = ['--selectProjects', 'integration', '--testPathPatterns', 'test/kube-servers/', '--maxWorkers=2'];
const run = spawn(process.execPath, [...node, ...jest, ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, KUBE_SERVERS: 'real', KUBEBUILDER_ASSETS: assets },
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => run.kill(signal));
const [status] = await once(run, 'exit');
process.exit(status ?? 1);

/** Where build.sh puts what it builds. */
function builtHere() {
  const version = /^\s*k8s\.io\/kubernetes (\S+)$/m.exec(readFileSync(join(root, 'test/kube-assets/go.mod'), 'utf8'))?.[1] ?? '';
  return process.env.KUBE_ASSETS_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kube-assets', version);
}
