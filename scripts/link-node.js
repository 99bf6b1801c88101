// Puts the Node of the platform package first on the PATH of npm scripts. npm 11 has made this link already;
// npm 10 leaves it out, because the packages for other platforms claim the same name.
import { existsSync, lstatSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const binary = join('..', `node-${process.platform}-${process.arch}`, 'bin', 'node');
const link = join(modules, '.bin', 'node');

if (!existsSync(join(modules, '.bin', binary))) {
  console.warn(
    `No Node.js binary for ${process.platform}-${process.arch} was installed: ` +
      'ORK needs Node.js 26 on the PATH then.',
  );
} else if (!existsSync(link)) {
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync(binary, link);
}
