import { spawnSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OrkError } from '../types/errors.ts';
import type { SandboxHost } from './host.ts';

const MAX_PROFILE_BYTES = 1024 * 1024;
const COMPILE_TIMEOUT_MS = 10_000;

const compiled = new Map<string, string>();

/**
 * The filter of system calls for `seccomp_profile_path`, in hexadecimal; undefined for `unconfined`. What a file holds
 * must have been prepared. Throws `internal` when it was not.
 */
export function filterOf(
  profile: string | undefined,
  workspace: string,
  { native }: SandboxHost,
): string | undefined {
  if (profile === undefined || profile === 'default') return native.filter;
  if (profile === 'unconfined') return undefined;
  const filter = compiled.get(path.resolve(workspace, profile));
  if (filter !== undefined) return filter;
  throw new OrkError('internal', `the seccomp profile ${profile} has not been read`);
}

/**
 * Reads and compiles the profile of a file, once for each file. Rejects with `invalid-argument` for what is no profile,
 * and with `not-found` for a file that is not there.
 */
export async function prepareFilter(
  profile: string | undefined,
  workspace: string,
  { native }: SandboxHost,
): Promise<void> {
  if (profile === undefined || profile === 'default' || profile === 'unconfined') return;
  const file = path.resolve(workspace, profile);
  if (compiled.has(file)) return;
  const { profileRules } = await import('./seccomp-profile.ts');
  compiled.set(file, compileFilter(native.helper, profileRules(readProfile(file)), profile));
}

/** Rules as the helper takes them, compiled by it. Throws `invalid-argument` when they make no filter. */
export function compileFilter(helper: string, rules: readonly string[], name: string): string {
  const input = rules.map((word) => `${word}\0`).join('');
  const { status, stdout, stderr, error } = spawnSync(helper, ['compile-filter'], {
    input,
    env: {},
    timeout: COMPILE_TIMEOUT_MS,
    maxBuffer: MAX_PROFILE_BYTES,
  });
  if (status === 0) return stdout.toString('hex');
  const why = error?.message ?? stderr.toString().trim();
  throw new OrkError('invalid-argument', `the seccomp profile ${name} makes no filter: ${why}`, {
    reason: 'sandbox.profile-invalid',
    hint: 'see what it says about that call, or use `default`',
  });
}

/** Regular files alone: a pipe would be waited for. */
function readProfile(file: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new Error('it is no regular file');
    if (stats.size > MAX_PROFILE_BYTES) throw new Error('it is too large');
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OrkError('not-found', `the seccomp profile ${file} cannot be read: ${why}`, {
      reason: 'sandbox.profile-missing',
      hint: 'its path starts at the workspace; or use `default`',
      cause: error,
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
