import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OrkError } from '../types/errors.ts';
import { packagedFile } from './packaged-file.ts';
import { initReport } from './render/init-report.ts';
import type { Console } from './render/output.ts';
import { playbookSchemaText } from './schema.ts';
import { acceptWorkspace } from './workspace.ts';

/** Where editors find the schema; the first line of the playbook points there. */
const SCHEMA = path.join('.ork', 'playbook.schema.json');
const PLAYBOOK = 'playbook.yaml';
const GITIGNORE = '.gitignore';

const IGNORED = '# Given with --secrets-file; it belongs to nobody else.\nsecrets.yaml\n';

/**
 * `ork init`: a first playbook that runs as it is, with the schema for editors beside it. Nothing that is there
 * is touched: rejects with `already-exists` when it would have to be, and before anything is written.
 */
export async function initCommand(directory: string, console: Console): Promise<void> {
  const folder = await makeFolder(directory);
  await refuseExisting(directory, [PLAYBOOK, SCHEMA]);
  const files = new Map([
    [SCHEMA, playbookSchemaText()],
    [PLAYBOOK, nameAfter(folder, await packagedFile('starter.yaml'))],
  ]);
  if (!(await exists(path.join(directory, GITIGNORE)))) files.set(GITIGNORE, IGNORED);
  await mkdir(path.join(directory, path.dirname(SCHEMA)), { recursive: true });
  for (const [name, text] of files)
    await writeFile(path.join(directory, name), text, { flag: 'wx' });
  const written = [PLAYBOOK, SCHEMA, GITIGNORE].filter((name) => files.has(name));
  await console.out(initReport(directory, written, PLAYBOOK));
}

/** The folder, made if it is missing. It has to be one that `ork run` takes for a workspace. */
async function makeFolder(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in the way' : message;
    throw new OrkError('failed-precondition', `cannot make the folder ${directory}: ${why}`, {
      reason: 'cli.folder',
      hint: 'give another folder: ork init DIR',
      cause: error,
    });
  }
  return acceptWorkspace(path.resolve(directory));
}

async function refuseExisting(directory: string, names: string[]): Promise<void> {
  const places = names.map((name) => path.join(directory, name));
  const there = await Promise.all(places.map(exists));
  const first = places.find((_, index) => there[index]);
  if (first === undefined) return;
  throw new OrkError('already-exists', `${first} is there already; nothing was written`, {
    reason: 'cli.exists',
    hint: 'give an empty folder, e.g. ork init my-playbook',
  });
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** The starter under the name of its folder, where that can be a playbook's name. */
function nameAfter(folder: string, starter: string): string {
  const name = path
    .basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63);
  return name === '' ? starter : starter.replace(/^name: starter$/m, `name: ${name}`);
}
