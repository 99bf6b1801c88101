/** The path of `name` within `directory`, as short as it can be written. */
export function joinPath(directory: string, name: string): string {
  if (directory === '' || directory === '.') return name;
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}

/** The folder that holds `path`; nothing for a name without one. */
export function parentOf(path: string): string | undefined {
  const end = path.replace(/\/+$/, '').lastIndexOf('/');
  if (end < 0) return undefined;
  return end === 0 ? '/' : path.slice(0, end);
}

/** The last part of `path`. */
export function nameOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** Whether `path` is `folder` or lies below it, as far as the texts tell (links aside). */
export function isWithin(path: string, folder: string): boolean {
  const inner = segments(path);
  const outer = segments(folder);
  const bothAbsolute = path.startsWith('/') === folder.startsWith('/');
  return bothAbsolute && outer.every((name, index) => inner[index] === name);
}

/** Without `.` and, where it can be known, without `..`. */
function segments(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    const isKnown = names.length > 0 && names.at(-1) !== '..';
    if (name === '..' && isKnown) names.pop();
    else names.push(name);
  }
  return names;
}
