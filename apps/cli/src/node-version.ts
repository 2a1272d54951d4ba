import module from 'node:module';

// Imported before everything else, so that an older Node says in one line what is wrong with it.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`lattice-hub needs Node 22.19 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
module.enableCompileCache();
