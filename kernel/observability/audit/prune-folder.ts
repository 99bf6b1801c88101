import { readdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';

/** RUN_ID.jsonl, and what was set aside of it: nothing else in the folder is touched. */
const OWN_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl(?:\.\d{6})?$/;

/** Removes the oldest logs of runs from a folder until `keep` of their files are left. */
export async function pruneFolder(folder: string, keep: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => OWN_NAME.test(name));
  if (names.length <= keep) return;
  const files = await Promise.all(names.map((name) => ageOf(path.join(folder, name))));
  const newestFirst = files.sort((a, b) => b.modified - a.modified || (a.file < b.file ? -1 : 1));
  await Promise.all(newestFirst.slice(keep).map(({ file }) => removeIfThere(file)));
}

/** Another run may have removed it meanwhile: then it counts as the oldest. */
async function ageOf(file: string): Promise<{ file: string; modified: number }> {
  const modified = await stat(file).then(({ mtimeMs }) => mtimeMs, ifGone(0));
  return { file, modified };
}

async function removeIfThere(file: string): Promise<void> {
  await unlink(file).catch(ifGone(undefined));
}

function ifGone<Value>(value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
