import module from 'node:module';

// Imported before everything else: the packages behind it do not load on an older Node, and say so less clearly.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `lattice-hub needs Node 22.19 or newer, this is ${process.versions.node}: start it with npm, which brings one along.\n`,
  );
  process.exit(1);
}
module.enableCompileCache();
