import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtureRuns } from '../support/fixture-run.ts';
import { eventually, workersOf } from '../support/processes.ts';
import {
  IS_ROOT,
  linesOf,
  makeSite,
  outputOf,
  program,
  reported,
  runAt,
  shell,
  startAt,
  USERS,
  writePlaybook,
} from '../support/sandbox.ts';
import { buildAttacks } from '../support/sandbox-attacks.ts';

const NONE = ['--sandbox', 'none'];
const MIB = 1024 * 1024;

const limits = (resource_limits: object): object => ({ resource_limits });

/** The control groups of this machine that an ork has made. */
function groupsMadeBy(ork: number): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  const roots = mounts
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] as string);
  return roots.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((folder) => path.basename(folder).startsWith(`ork-${ork}-`))
      .map((folder) => path.join(root, folder))
      .filter((folder) => statSync(folder).isDirectory()),
  );
}

describe.runIf(IS_ROOT)('a workload that needs more memory than it may use', () => {
  const small = limits({ memory_bytes: 128 * MIB });

  test('fails, and neither ork nor another workload does', async () => {
    const site = await makeSite();
    const playbook = await writePlaybook(site, {
      hungry: shell('tail /dev/zero', small),
      other: shell('sleep 1; echo lives'),
      after: `depends_on: [other], ${shell('echo lives')}`,
    });
    const run = startAt(site, playbook);
    const { code, results } = reported(await run.finished);
    expect(code).toBe(1);
    expect(results['hungry'].error).toMatchObject({
      code: 'resource-exhausted',
      reason: 'sandbox.out-of-memory',
    });
    for (const name of ['other', 'after']) expect(results[name].summary.stdout).toBe('lives\n');
    expect(groupsMadeBy(run.pid)).toEqual([]);
  });

  test('would have had enough with more', async () => {
    const script = 'head -c 200000000 /dev/zero | tail | wc -c';
    const site = await makeSite();
    expect(await outputOf(site, shell(script))).toBe('200000000\n');
    const { results } = await runAt(site, { only: shell(script, small) });
    expect(results['only'].error).toMatchObject({ code: 'resource-exhausted' });
  });

  const run = fixtureRuns();

  test('fails so when it is a module', async () => {
    const module = 'process: { module: faulty, params: { how: hoard } }';
    const context = `security_context: ${JSON.stringify(small)}`;
    const { report } = await run(
      `workloads: [{ name: only, lifecycle: { policy: run_once }, ${module}, ${context} }]`,
    );
    const [[, result] = []] = (await report).workloads;
    expect(result?.error).toMatchObject({
      code: 'resource-exhausted',
      reason: 'sandbox.out-of-memory',
    });
  });
});

describe('processes', () => {
  test.each(USERS)('of %s can be had up to the limit', async (user) => {
    const forks = async (security: object, args: string[] = []): Promise<string> => {
      const site = await makeSite(user);
      const { results } = await runAt(
        site,
        { only: program([buildAttacks(site), 'fork'], security) },
        args,
      );
      return results['only'].summary.stdout.trim();
    };
    const [made, error] = (await forks(limits({ pids_max: 40 }))).split(' ');
    expect(error).toBe('EAGAIN');
    // The worker itself has some threads.
    expect(Number(made)).toBeGreaterThan(5);
    expect(Number(made)).toBeLessThan(40);
    const [byDefault] = (await forks({})).split(' ');
    expect(Number(byDefault)).toBeGreaterThan(200);
    expect(Number(byDefault)).toBeLessThan(256);
    expect(await forks({}, NONE)).toBe('500 no end');
  });
});

describe('folders in memory', () => {
  test.each(['/tmp', '/dev/shm', '$HOME'])(
    '%s holds half of the memory, and no more',
    async (folder) => {
      const site = await makeSite();
      const script = `head -c 200M /dev/zero >${folder}/big; stat -c %s ${folder}/big`;
      expect(await outputOf(site, shell(script))).toBe(`${200 * MIB}\n`);
      const half = IS_ROOT ? limits({ memory_bytes: 256 * MIB }) : {};
      const { results } = await runAt(site, { only: shell(script.replace('200M', '300M'), half) });
      const { stdout, stderr } = results['only'].summary;
      expect(Number(stdout)).toBe((IS_ROOT ? 128 : 256) * MIB);
      expect(stderr).toContain('No space left on device');
    },
  );
});

describe.runIf(IS_ROOT)('the processor', () => {
  test('is not given for longer than the quota', async () => {
    const site = await makeSite();
    const busy = shell('while :; do :; done', limits({ cpu_quota_us: 20_000 }));
    const run = startAt(site, await writePlaybook(site, { busy }));
    // It never is without a quota: the group is the worker's own.
    await eventually(async () => {
      const groups = groupsMadeBy(run.pid).map((folder) => path.join(folder, 'cpu.stat'));
      const stat = groups
        .filter((file) => existsSync(file))
        .map((file) => readFileSync(file, 'utf8'));
      return stat.some((text) => Number(/^nr_throttled (\d+)$/m.exec(text)?.[1]) > 2);
    });
    run.child.kill('SIGINT');
    expect((await run.finished).code).toBe(130);
  });

  test('has no quota where none was written', async () => {
    const site = await makeSite();
    const run = startAt(site, await writePlaybook(site, { idle: shell('sleep 3600') }));
    await eventually(async () => (await workersOf(run.pid)).length > 0);
    const files = groupsMadeBy(run.pid).flatMap((folder) => readdirSync(folder));
    run.child.kill('SIGINT');
    await run.finished;
    expect(files).toContain('pids.max');
    expect(files.filter((file) => file === 'cpu.cfs_quota_us')).toEqual([]);
  });
});

test('a program that crashes leaves no core', async () => {
  const script = "ulimit -Hc; sh -c 'kill -SEGV $$'; ls";
  const site = await makeSite();
  expect(linesOf(await outputOf(site, shell(script)))).toEqual(['0']);
  expect(linesOf(await outputOf(site, shell('ulimit -Hc'), NONE))).not.toEqual(['0']);
});

test.runIf(IS_ROOT)(
  'the groups that a killed ork has left are removed by the next one',
  async () => {
    const site = await makeSite();
    const run = startAt(site, await writePlaybook(site, { idle: shell('sleep 3600') }));
    await eventually(async () => (await workersOf(run.pid)).length > 0);
    const workers = await workersOf(run.pid);
    run.child.kill('SIGKILL');
    await run.finished;
    await eventually(async () => workers.every((worker) => !existsSync(`/proc/${worker}`)));
    expect(groupsMadeBy(run.pid)).not.toEqual([]);
    await outputOf(site, shell('true'));
    expect(groupsMadeBy(run.pid)).toEqual([]);
  },
);

describe('what cannot be enforced', () => {
  const user = () => makeSite('user');

  test.each([
    ['memory', { memory_bytes: 256 * MIB }],
    ['cpu', { cpu_quota_us: 50_000 }],
  ])(
    'a limit of %s that an ordinary user has written fails the workload',
    async (name, written) => {
      const { results } = await runAt(await user(), { only: shell('true', limits(written)) });
      expect(results['only'].error).toMatchObject({
        code: 'failed-precondition',
        reason: 'sandbox.not-enforceable',
        message: expect.stringContaining(name),
      });
    },
  );

  test('of the default is told in the report', async () => {
    const site = await user();
    const asUser = await runAt(site, { only: shell('true') });
    expect(asUser.report['not_enforced']).toEqual(['memory limit']);
    if (!IS_ROOT) return;
    const asRoot = await runAt(await makeSite('root'), { only: shell('true') });
    expect(asRoot.report['not_enforced']).toEqual([]);
  });

  test('is how large a folder of a larger file system grows', async () => {
    const bounded = { only: shell('true', limits({ workspace_bytes: 16 * MIB })) };
    const { results } = await runAt(await makeSite(), bounded);
    expect(results['only'].error).toMatchObject({
      code: 'failed-precondition',
      reason: 'sandbox.not-enforceable',
    });
  });

  test.runIf(IS_ROOT)('a workspace with a small file system to itself is enough', async () => {
    const site = await makeSite();
    const script = 'mount -t tmpfs -o size=8m none "$1"; cd "$1"; shift; exec "$@"';
    const through = ['unshare', '--mount', 'sh', '-ec', script, 'sh', site.workspace];
    const small = { ...site, options: { ...site.options, through } };
    const fill = 'head -c 12M /dev/zero >big; stat -c %s big';
    const { results } = await runAt(small, {
      only: shell(fill, limits({ workspace_bytes: 16 * MIB })),
    });
    expect(results['only']).toMatchObject({
      status: 'Completed',
      summary: { stdout: `${8 * MIB}\n` },
    });
    expect(await readdir(site.workspace)).toEqual([]);
  });
});
