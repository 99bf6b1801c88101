import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  checkout,
  type Finished,
  type OrkOptions,
  type StartedOrk,
  startOrk,
  temporaryFolder,
} from './ork.ts';
import type { Report } from './run-workloads.ts';

export const IS_ROOT = process.getuid?.() === 0;

export type UserName = 'root' | 'user';

/** Who ork can be started by here: a sandbox is made in another way for each. */
export const USERS: UserName[] = IS_ROOT ? ['root', 'user'] : ['user'];

/** Nobody else's on any machine. */
export const USER_ID = 61_234;

/** On no machine; a worker that may start programs has a home folder of this name in memory. */
export const HOME = '/home/ork-test';

/** Where a run takes place: folders that belong to the one who runs it. */
export interface Site {
  user: UserName;
  uid: number;
  /** Holds the others; everybody may enter it. */
  folder: string;
  workspace: string;
  /** Where ork keeps its logs. */
  state: string;
  /** As the processes of the run see the checkout and Node. */
  ork: string;
  node: string;
  options: OrkOptions;
}

/**
 * Puts the checkout and Node where every user may enter, for the processes of one run only, and starts them as another
 * user: folder, checkout, user, then Node and the command as they are here, and its arguments.
 */
const AS_USER = `
mount --bind "$2" "$1/ork"
mount --bind "$4" "$1/node"
place=$1 id=$3
command=$place/ork/\${5#"$2"}
shift 5
exec setpriv --reuid="$id" --regid="$id" --clear-groups "$place/node" "$command" "$@"`;

export async function makeSite(user: UserName = IS_ROOT ? 'root' : 'user'): Promise<Site> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  const asAnother = user === 'user' && IS_ROOT;
  const uid = asAnother ? USER_ID : (process.getuid?.() ?? 0);
  const [workspace, state] = [path.join(folder, 'workspace'), path.join(folder, 'state')];
  for (const made of [workspace, state]) {
    await mkdir(made, { mode: 0o755 });
    if (asAnother) await chown(made, uid, uid);
  }
  const env = { HOME, LANG: 'C.UTF-8', TZ: 'UTC', XDG_STATE_HOME: state };
  const site = { user, uid, folder, workspace, state };
  if (!asAnother) {
    const options = { cwd: workspace, env };
    return { ...site, ork: withoutSlash(checkout), node: process.execPath, options };
  }
  const place = path.join(folder, 'place');
  await mkdir(path.join(place, 'ork'), { recursive: true });
  await writeFile(path.join(place, 'node'), '');
  const words = ['sh', place, checkout, String(uid)];
  const through = ['unshare', '--mount', 'sh', '-ec', AS_USER, ...words];
  const [ork, node] = [path.join(place, 'ork'), path.join(place, 'node')];
  return { ...site, ork, node, options: { cwd: workspace, env, through } };
}

function withoutSlash(folder: string): string {
  return folder.replace(/\/$/, '');
}

/** A playbook of these workloads, each a line of YAML without the policy, that lies beside the workspace. */
export async function writePlaybook(
  site: Site,
  workloads: Record<string, string>,
  file = path.join(site.folder, 'playbook.yaml'),
): Promise<string> {
  const lines = Object.entries(workloads).map(
    ([name, rest]) => `  - { name: ${name}, lifecycle: { policy: run_once }, ${rest} }\n`,
  );
  await writeFile(file, `name: test\nschemaVersion: v1.0.0\nworkloads:\n${lines.join('')}`);
  return file;
}

export function startAt(site: Site, playbook: string, args: string[] = []): StartedOrk {
  const all = ['run', playbook, '--workspace', site.workspace, '--output', 'json', ...args];
  return startOrk(all, site.options);
}

/** A finished run and its report. */
export interface SiteRun extends Finished {
  report: Report;
  /** By workload. */
  results: Report;
}

/** Runs the workloads to their end. */
export async function runAt(
  site: Site,
  workloads: Record<string, string>,
  args: string[] = [],
): Promise<SiteRun> {
  return reported(await startAt(site, await writePlaybook(site, workloads), args).finished);
}

/** Fails with what the run has said when there is no report. */
export function reported(finished: Finished): SiteRun {
  if (finished.stdout === '') throw new Error(`there is no report:\n${finished.stderr}`);
  const report = JSON.parse(finished.stdout) as Report;
  return { ...finished, report, results: report['workloads'] };
}

/** `process: …` of a workload that runs a script, and its `security_context: …` if one is given. */
export function shell(script: string, security?: object): string {
  return `process: { module: exec, params: { shell: ${JSON.stringify(script)} } }${context(security)}`;
}

/** `process: …` of a workload that runs a program without a shell, which would be its parent. */
export function program(command: string[], security?: object): string {
  return `process: { module: exec, params: { command: ${JSON.stringify(command)} } }${context(security)}`;
}

function context(security: object | undefined): string {
  return security === undefined ? '' : `, security_context: ${JSON.stringify(security)}`;
}

/** What the only script of a run has printed; fails with what the run says when it has failed. */
export async function outputOf(site: Site, workload: string, args: string[] = []): Promise<string> {
  const { results, stderr } = await runAt(site, { only: workload }, args);
  const { status, summary } = results['only'];
  if (status !== 'Completed') throw new Error(`${stderr}\n${summary?.stdout}${summary?.stderr}`);
  return summary.stdout;
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** A line of a reviewed expectation, and of whose workers it holds. */
export interface ReviewedLine {
  who: string;
  text: string;
}

/** The lines of a file in `test/sandbox`. */
export async function reviewedLines(name: string): Promise<ReviewedLine[]> {
  const text = await readFile(path.join(checkout, 'test/sandbox', name), 'utf8');
  return Array.from(text.matchAll(/^([a-z]+) +(.+)$/gm), ([, who = '', line = '']) => ({
    who,
    text: line,
  }));
}

/** Those that hold for the workers of a user. */
export function linesFor(user: UserName, lines: ReviewedLine[]): string[] {
  return lines.filter(({ who }) => who === user || who === 'both').map(({ text }) => text);
}

/** Starts a program of this machine; fails with what it says when it fails. */
export function onHost(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
  return stdout;
}
