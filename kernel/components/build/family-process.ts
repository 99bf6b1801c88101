import { fork } from 'node:child_process';
import { extname, join } from 'node:path';
import { OrkError } from '../../types/errors.ts';
import type { IndexedFamily } from '../manifest.ts';
import type { FamilyReply, FamilyRequest } from './family-worker.ts';

/** Builds one family in a child process: the tools are CPU-bound and run module code. */
export function buildFamilyProcess(
  request: FamilyRequest,
  signal: AbortSignal,
): Promise<IndexedFamily> {
  const worker = join(import.meta.dirname, `family-worker${extname(import.meta.filename)}`);
  return new Promise((resolve, reject) => {
    const child = fork(worker, [], {
      signal,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    let reply: FamilyReply | undefined;
    child.on('message', (message) => {
      reply = message as FamilyReply;
    });
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      if (reply !== undefined && 'entry' in reply) resolve(reply.entry);
      else if (reply !== undefined) reject(OrkError.fromDetails(reply.error));
      else reject(died(request.directory, killedBy ?? `code ${code}`));
    });
    child.send(request);
  });
}

function died(directory: string, how: string): OrkError {
  return new OrkError('internal', `Building ${directory} ended with ${how}.`, {
    reason: 'build.died',
  });
}
