import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ModuleRegistry } from '../../kernel/components/registry.ts';
import { checkout, temporaryFolder } from '../support/ork.ts';
import {
  HOME,
  IS_ROOT,
  linesFor,
  linesOf,
  makeSite,
  onHost,
  outputOf,
  program,
  reviewedLines,
  runAt,
  shell,
  USER_ID,
  USERS,
} from '../support/sandbox.ts';
import { attackCommand, buildAttacks, hostFile, hostProcess } from '../support/sandbox-attacks.ts';
import { startRun } from '../support/start-run.ts';

const NONE = ['--sandbox', 'none'];

describe('a program in a sandbox', () => {
  test.each(USERS)('of %s fails in every attack as reviewed', async (user) => {
    const site = await makeSite(user);
    const { command, granted } = await attackCommand(site);
    const output = await outputOf(site, program(command, { filesystem: { read: [granted] } }));
    expect(linesOf(output)).toEqual(linesFor(user, await reviewedLines('attacks.txt')));
  });

  test.runIf(IS_ROOT)('is what stops the attacks: without it none ends so', async () => {
    const site = await makeSite();
    const { command } = await attackCommand(site);
    // The first process of a machine is not for tests.
    const output = await outputOf(site, program([...command, `FIRST=${hostProcess()}`]), NONE);
    const expected = linesFor('root', await reviewedLines('attacks.txt'));
    const seen = linesOf(output);
    expect(seen).toHaveLength(expected.length);
    expect(seen.filter((line) => expected.includes(line))).toEqual([]);
  });

  test('reaches who listens on the host where it is given its network, and only so', async () => {
    const site = await makeSite();
    const { command } = await attackCommand(site);
    const reached = async (namespaces: object): Promise<string[]> => {
      const output = await outputOf(site, program(command, { namespaces }));
      return linesOf(output).filter((line) => line.startsWith('connect_'));
    };
    // Who has a name in place of an address is out of reach for all that have a view of their own.
    const own = await reached({ net: false });
    expect(own).toEqual(['connect_loopback succeeded', 'connect_abstract EPERM']);
    const none = await reached({ net: false, mount: false });
    expect(none).toEqual(['connect_loopback succeeded', 'connect_abstract succeeded']);
  });

  test.each(USERS)(
    'of %s can write in its own folders alone, of all that it sees',
    async (user) => {
      const site = await makeSite(user);
      const attacks = buildAttacks(site);
      const lines = linesOf(await outputOf(site, program([attacks, 'walk'])));
      const own = [site.workspace, '/tmp', '/dev/shm', HOME];
      const outside = lines.filter((line) => !own.some((folder) => isWithin(line, folder)));
      // Writing to these changes nothing but the entropy of the host, as any user may.
      const devices = ['full', 'null', 'random', 'urandom', 'zero'].map((name) => `/dev/${name}`);
      const tried = Number(/^tried (\d+)$/.exec(lines.at(-1) ?? '')?.[1]);
      expect(outside.slice(0, -1).sort()).toEqual(devices);
      expect(tried).toBeGreaterThan(1000);
      expect(lines).toEqual(expect.arrayContaining(own));
      console.log(
        `tried to write ${tried} files and folders as ${user}: ${devices.length} devices`,
      );
    },
  );

  test('sees its own processes, and cannot end the first of them', async () => {
    const site = await makeSite();
    const other = hostProcess();
    const script = `
      sleep 1000 & kill -9 $!; wait $!; echo "sibling $?"
      kill -9 1; kill -STOP 1; echo "first $?"
      test -d /proc/${other} && echo sees-host || echo sees-none
      ls /proc | grep -c '^[0-9]'`;
    const seen = linesOf(await outputOf(site, shell(script)));
    // The first process, the worker, the shell, and the two of the last line.
    expect(seen).toEqual(['sibling 137', 'first 0', 'sees-none', '5']);
    expect(linesOf(await outputOf(site, shell(`ls -d /proc/${other}`), NONE))).toHaveLength(1);
  });

  test('holds no descriptor but its three, whatever ork was started with', async () => {
    const site = await makeSite();
    const through = [
      'bash',
      '-c',
      'exec 200</etc/passwd; exec "$@"',
      'sh',
      ...(site.options.through ?? []),
    ];
    const opened = { ...site, options: { ...site.options, through } };
    const list = program(['ls', '/proc/self/fd']);
    // The fourth is of the listing itself.
    expect(linesOf(await outputOf(opened, list))).toEqual(['0', '1', '2', '3']);
    expect(linesOf(await outputOf(opened, list, NONE))).toContain('200');
  });

  test('sees nothing of the host but its programs and settings', async () => {
    const site = await makeSite();
    await mkdir(path.join(site.state, 'ork'), { recursive: true });
    const hidden = [
      '/etc/shadow',
      '/etc/ssh',
      '/boot',
      '/sys',
      '/root',
      site.state,
      await hostFile(site),
    ];
    const script = `
      for file in ${hidden.join(' ')}; do test -e $file && echo $file; done
      ls -A /home /run /var /dev "$HOME"`;
    const seen = await outputOf(site, shell(`${script}; true`));
    expect(seen.replaceAll(/\s+/g, ' ').trim()).toBe(
      `/dev: fd full null random shm stderr stdin stdout urandom zero /home: ork-test ${HOME}: /run: /var: run tmp`,
    );
    const open = await outputOf(
      site,
      shell(`test -e ${hidden.at(-1)} && test -e /sys && echo there`),
      NONE,
    );
    expect(open).toBe('there\n');
  });

  test('reads nothing of what is hidden in /proc', async () => {
    const masked = [
      'kallsyms',
      'keys',
      'key-users',
      'interrupts',
      'timer_list',
      'kcore',
      'sched_debug',
    ];
    const files = masked.map((name) => `/proc/${name}`).filter((file) => existsSync(file));
    const script = `for file in ${files.join(' ')}; do head -c 1 $file; done | wc -c`;
    const site = await makeSite();
    expect(Number(await outputOf(site, shell(script)))).toBe(0);
    expect(Number(await outputOf(site, shell(script), NONE))).toBeGreaterThan(2);
  });

  test('reads nothing through a link in the workspace that leads out of it', async () => {
    const site = await makeSite();
    await symlink(await hostFile(site), path.join(site.workspace, 'link'));
    await symlink(site.folder, path.join(site.workspace, 'folder'));
    const script = 'cat link folder/host.txt ../host.txt || true';
    expect(await outputOf(site, shell(script))).toBe('');
    expect(await outputOf(site, shell(script), NONE)).toBe('of the host'.repeat(3));
  });

  test.runIf(IS_ROOT)('gains nothing by a program of root that takes on its owner', async () => {
    const site = await makeSite('user');
    const open = path.join(site.folder, 'granted');
    await mkdir(open);
    const takesOn = path.join(open, 'attacks');
    await copyFile(buildAttacks(site), takesOn);
    onHost('chmod', '4755', takesOn);
    const id = String(USER_ID);
    const outside = ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', takesOn, 'who'];
    expect(onHost(outside[0] as string, ...outside.slice(1))).toBe(`0 ${id}\n`);
    const inside = program([takesOn, 'who'], { filesystem: { read: [open] } });
    expect(await outputOf(site, inside)).toBe(`${id} ${id}\n`);
    // As root, its owner is the worker.
    const asRoot = await outputOf(await makeSite('root'), inside);
    expect(Number(asRoot.split(' ')[0])).toBeGreaterThan(1_900_000_000 - 1);
  });
});

function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

test('a grant that is swapped for a link while workloads start shows nothing else', async () => {
  const site = await makeSite();
  const [folder, link] = [path.join(site.folder, 'granted'), path.join(site.folder, 'link')];
  await mkdir(folder);
  await writeFile(path.join(folder, 'marker'), '');
  // No workload may have it, and on every host there is something in it.
  await symlink('/run', link);
  const names = Array.from({ length: 100 }, (_, index) => `w${index}`);
  const look = shell(`ls -A ${folder}; true`, { filesystem: { read: [folder] } });
  const flipping = spawn(buildAttacks(site), ['flip', folder, link]);
  onTestFinished(() => void flipping.kill('SIGKILL'));
  const { results } = await runAt(site, Object.fromEntries(names.map((name) => [name, look])));
  const outcomes = names.map((name) => {
    const { summary, error } = results[name];
    return summary?.stdout.trim() ?? `${error.code} ${error.reason}`;
  });
  const counts = Map.groupBy(outcomes, (outcome) => outcome);
  console.log(
    'tries',
    names.length,
    Array.from(counts, ([name, { length }]) => `${name}: ${length}`),
  );
  // Both were met: else nothing was tried. What is swapped at the last moment is not there, or not the same.
  expect([...counts.keys()]).toEqual(
    expect.arrayContaining(['marker', 'denied sandbox.grant-refused']),
  );
  const harmless = [
    'marker',
    '',
    'denied sandbox.grant-refused',
    'failed-precondition sandbox.not-set-up',
  ];
  expect([...counts.keys()].filter((outcome) => !harmless.includes(outcome))).toEqual([]);
});

/** Code in place of a module's: it acts with all that Node has, as if it had broken out of the component. */
const ESCAPED = `export function instantiate() {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { status, error } = spawnSync(process.execPath, ['--version']);
  throw new Error('the program ' + (error === undefined ? 'exited with ' + status : 'is refused: ' + error.code));
}`;

test.each([
  ['control', 'control:identity', {}, 'the program is refused: EPERM'],
  ['exec', 'exec', { command: 'true' }, 'the program exited with 0'],
])('code that has broken out of %s: %s', async (family, name, params, told) => {
  const library = await temporaryFolder();
  await cp(path.join(checkout, 'build/modules'), library, { recursive: true });
  await writeFile(path.join(library, family, 'glue.js'), ESCAPED);
  const work = {
    name: 'only',
    lifecycle: { policy: 'run_once' },
    process: { module: name, params },
  };
  const workloads = `workloads: ${JSON.stringify([work])}`;
  const { report } = await startRun(workloads, ModuleRegistry.load(library), library);
  const [[, result] = []] = (await report).workloads;
  expect(result?.error?.message).toContain(told);
});
