import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { OrkError } from '../types/errors.ts';

/**
 * The folder that workloads may write to: `--workspace`, else the playbook's own. The root of the
 * file system, the home folder and the kernel's file systems are refused: a module would see
 * everything in them.
 */
export async function chooseWorkspace(
  playbookFile: string,
  chosen: string | undefined,
): Promise<string> {
  if (!(await isRegularFile(playbookFile)) && chosen === undefined)
    throw needsWorkspace(playbookFile);
  return acceptWorkspace(path.resolve(chosen ?? path.dirname(playbookFile)));
}

/** The real path of a folder that can be a workspace. Throws `invalid-argument` or `not-found` for another. */
export async function acceptWorkspace(folder: string): Promise<string> {
  const workspace = await existingFolder(folder);
  const home = await realpath(homedir()).catch(() => homedir());
  if (workspace !== '/' && workspace !== home && !/^\/(proc|sys|dev)(\/|$)/.test(workspace)) {
    return workspace;
  }
  throw new OrkError('invalid-argument', `${workspace} cannot be a workspace`, {
    reason: 'cli.workspace-refused',
    hint: 'move the playbook into a folder of its own, or give one with --workspace DIR',
  });
}

/** False for a pipe or a device, whose folder says nothing. Throws `not-found` for nothing and a folder. */
async function isRegularFile(file: string): Promise<boolean> {
  const stats = await stat(file).catch(() => undefined);
  if (stats !== undefined && !stats.isDirectory()) return stats.isFile();
  const why = stats === undefined ? 'there is no such file' : 'it is a folder';
  throw new OrkError('not-found', `cannot read ${file}: ${why}`, {
    reason: 'cli.unreadable-file',
    hint: 'give the path of a playbook, e.g. ork run playbook.yaml',
  });
}

function needsWorkspace(file: string): OrkError {
  return new OrkError(
    'invalid-argument',
    `${file} is not a regular file, so it has no folder to work in`,
    {
      reason: 'cli.workspace-missing',
      hint: 'give a workspace with --workspace DIR',
    },
  );
}

async function existingFolder(folder: string): Promise<string> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory()) return realpath(folder);
  throw new OrkError('not-found', `the workspace ${folder} is not a folder`, {
    reason: 'cli.workspace-missing',
    hint: 'make it first, or give another with --workspace DIR',
  });
}
