// Bundles, and the code that V8 made of them, kept between runs. Node's own cache keeps the code of a file as it is when
// the file has just been loaded, without the functions that V8 compiles when they are first called. Here it is kept as
// it is at the end of a run, because compiling those functions is a third of what a short command takes.
import module from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = module.createRequire(import.meta.url);
const fs = require('node:fs');
const vm = require('node:vm');

const HEAD = '(function (exports, module, require, requireFile, importMetaUrl) {';
const TAIL = '\n})';
/** How many runs are counted before the count starts again. */
const LONGEST_COUNT = 4096;

/**
 * Runs a bundle of `dist/`, and what that asks for by `requireFile`, and keeps their code when the process ends. A bundle
 * may `require` what is part of Node; it has no `import()`.
 * @param {string} file absolute
 * @param {string | undefined} folder where code is kept; what lies there is executed, so only the user may write to it
 * @param {string} [use] what this run is for: runs for the same use call much the same functions
 * @returns {object} what the bundle exports
 */
export function loadBundle(file, folder, use) {
  const bundles = new Bundles(folder);
  if (folder !== undefined) process.once('exit', () => bundles.keepCode(file, use));
  return bundles.load(file);
}

class Bundles {
  #folder;
  #loaded = new Map();

  constructor(folder) {
    this.#folder = folder;
  }

  load(file) {
    const known = this.#loaded.get(file);
    if (known !== undefined) return known.module.exports;
    const text = fs.readFileSync(file);
    const kept =
      this.#folder === undefined ? undefined : readCode(this.#pathFor(file, 'code'), text);
    const script = new vm.Script(`${HEAD}${text}${TAIL}`, { filename: file, cachedData: kept });
    const size = kept === undefined || script.cachedDataRejected ? 0 : kept.length;
    const loaded = { text, script, size, module: { exports: {} } };
    this.#loaded.set(file, loaded);
    const requireFile = (path) => this.load(join(dirname(file), path));
    const run = script.runInThisContext();
    run(loaded.module.exports, loaded.module, require, requireFile, pathToFileURL(file).href);
    return loaded.module.exports;
  }

  /**
   * Code grows with each run that calls functions which those before did not. Collecting it takes time, and whether it
   * would have grown is only known afterwards: so it is tried in the first runs for each use, and then ever more rarely.
   */
  keepCode(main, use) {
    try {
      const anew = this.#loaded.get(main)?.size === 0;
      const due = isDue(countRun(this.#pathFor(main, 'runs'), use, anew));
      for (const [file, { text, script, size }] of this.#loaded) {
        if (size > 0 && !due) continue;
        const code = script.createCachedData();
        if (code.length > size) writeCode(this.#pathFor(file, 'code'), text, code);
      }
    } catch {
      // A folder that is full or read-only costs time, not the result.
    }
  }

  #pathFor(file, kind) {
    return join(this.#folder, `${file.replace(/\W/g, '-').slice(-200)}.${kind}`);
  }
}

/** The text is kept before its code and compared: V8 itself only looks at its length. */
function readCode(file, text) {
  let bytes;
  try {
    bytes = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  const same = text.equals(bytes.subarray(0, text.length));
  return same ? bytes.subarray(text.length) : undefined;
}

/** At once in its place and safely on the disk: V8 does not notice when a part of it is missing. */
function writeCode(file, text, code) {
  const partial = `${file}.${process.pid}`;
  fs.writeFileSync(partial, Buffer.concat([text, code]), { mode: 0o600, flush: true });
  fs.renameSync(partial, file);
}

/**
 * The runs for this use so far. Each adds the first letter of its use to the file, so that runs side by side are counted
 * as well. The count starts again with code that is made anew, and before the file grows long.
 */
function countRun(file, use, anew) {
  const letter = /^[a-z]/.test(use ?? '') ? use[0] : '.';
  fs.writeFileSync(file, letter, { mode: 0o600, flag: anew ? 'w' : 'a' });
  const runs = fs.readFileSync(file, 'latin1');
  if (runs.length >= LONGEST_COUNT) fs.truncateSync(file);
  return runs.split(letter).length - 1;
}

/** 1, 2, 4, 8, 16 and 32, and each multiple of 64. */
function isDue(run) {
  return run % 64 === 0 || (run < 64 && (run & (run - 1)) === 0);
}
