import picomatch from 'picomatch/posix.js';

/** A glob over paths relative to where a listing starts. */
export interface Glob {
  matches(path: string): boolean;
  /** False when nothing below this folder can match, so that it need not be read. */
  mayMatchBelow(directory: string): boolean;
}

export interface GlobOptions {
  /** Whether wildcards match names that start with a dot. */
  hidden: boolean;
  /** Whether a pattern without `/` matches names at any depth. */
  recursive: boolean;
}

/** Bash's globs: `*`, `?`, `[…]`, `{a,b}`, `**`, `!(…)`. */
export function compileGlob(pattern: string, { hidden, recursive }: GlobOptions): Glob {
  const clean = pattern.replace(/^(\.\/)+/, '');
  const anchored = recursive && !clean.includes('/') ? `**/${clean}` : clean;
  const matches = picomatch(anchored, { dot: hidden });
  const name = literalName(anchored);
  return {
    // Comparing the name first spares most entries the regular expression, which is slow in a guest.
    matches: name === undefined ? matches : (path) => path.endsWith(name) && matches(path),
    mayMatchBelow: compilePruning(anchored, hidden),
  };
}

/** The last segment of a pattern, when it has no wildcard. */
function literalName(pattern: string): string | undefined {
  const last = pattern.slice(pattern.lastIndexOf('/') + 1);
  return /^[\w.-]+$/.test(last) ? last : undefined;
}

type SegmentTest = (name: string) => boolean;

function compilePruning(pattern: string, hidden: boolean): (directory: string) => boolean {
  // Where braces or groups hold a slash, segments say nothing: read everything.
  if (/[{(!][^})]*\//.test(pattern)) return () => true;
  const segments = pattern.split('/');
  const deep = segments.findIndex((segment) => segment.includes('**'));
  const fixed = deep < 0 ? segments.slice(0, -1) : segments.slice(0, deep);
  const tests: SegmentTest[] = fixed.map((segment) => picomatch(segment, { dot: hidden }));
  const namesHidden = segments.slice(deep + 1).some((segment) => /^[.[{]|\(/.test(segment));
  return (directory) => {
    const names = directory.split('/');
    if (deep < 0 && names.length > tests.length) return false;
    const below = names.slice(tests.length);
    if (!hidden && !namesHidden && below.some((name) => name.startsWith('.'))) return false;
    return names.every((name, index) => tests[index]?.(name) ?? true);
  };
}
