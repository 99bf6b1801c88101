import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkout } from '../support/ork.ts';
import {
  IS_ROOT,
  linesOf,
  makeSite,
  outputOf,
  runAt,
  type Site,
  shell,
  USERS,
} from '../support/sandbox.ts';

const FILTER = "sed -n 's/^Seccomp:[^0-9]*//p' /proc/self/status";
const NAMES = ['pid', 'mnt', 'ipc', 'uts', 'net', 'user', 'cgroup'] as const;
const LIST = `for name in ${NAMES.join(' ')}; do readlink /proc/self/ns/$name; done`;

/** Which namespaces of a workload are those of the host. */
async function sharedWith(site: Site, security: object): Promise<string[]> {
  const inside = linesOf(await outputOf(site, shell(LIST, security)));
  return NAMES.filter((name, at) => inside[at] === readlinkSync(`/proc/self/ns/${name}`));
}

describe('no sandbox', () => {
  test('is what --sandbox none gives to those that say nothing of theirs', async () => {
    const site = await makeSite();
    const { results, report } = await runAt(
      site,
      { silent: shell(FILTER), asking: shell(FILTER, { sandbox: 'required' }) },
      ['--sandbox', 'none'],
    );
    expect(results['silent'].summary.stdout).toBe('0\n');
    expect(results['asking'].summary.stdout).toBe('2\n');
    expect(report['not_enforced']).toContain('sandbox');
  });

  test('is what a workload gets that asks for none, and no other one', async () => {
    const site = await makeSite();
    const { results, report } = await runAt(site, {
      none: shell(FILTER, { sandbox: 'none' }),
      other: shell(FILTER),
    });
    expect(results['none'].summary.stdout).toBe('0\n');
    expect(results['other'].summary.stdout).toBe('2\n');
    expect(report['not_enforced']).toContain('sandbox');
  });

  test('keeps nothing that was written', async () => {
    const site = await makeSite();
    const written = { sandbox: 'none', namespaces: { pid: true }, run_as: 'nobody' };
    const { results } = await runAt(site, { only: shell('true', written) });
    expect(results['only']).toMatchObject({
      status: 'Failed',
      error: { code: 'failed-precondition', reason: 'sandbox.not-enforceable' },
    });
  });
});

describe('a profile of system calls', () => {
  const make = 'mkdir made && echo made; true';

  /** The default one, changed. */
  async function profileIn(site: Site, change: (names: string[]) => string[]): Promise<string> {
    const file = path.join(checkout, 'kernel/sandbox/profiles/default.json');
    const profile = JSON.parse(await readFile(file, 'utf8'));
    for (const rule of profile.syscalls) rule.names = change(rule.names);
    profile.syscalls = profile.syscalls.filter(
      (rule: { names: string[] }) => rule.names.length > 0,
    );
    await writeFile(path.join(site.workspace, 'profile.json'), JSON.stringify(profile));
    return 'profile.json';
  }

  test.each(USERS)('of %s from a file holds as it is written', async (user) => {
    const site = await makeSite(user);
    const without = await profileIn(site, (names) =>
      names.filter((name) => !/^mkdir(at)?$/.test(name)),
    );
    expect(await outputOf(site, shell(make, { seccomp_profile_path: without }))).toBe('');
    await profileIn(site, (names) => names);
    expect(await outputOf(site, shell(make, { seccomp_profile_path: without }))).toBe('made\n');
  });

  test('`unconfined` is none, for programs', async () => {
    const site = await makeSite();
    expect(await outputOf(site, shell(FILTER, { seccomp_profile_path: 'unconfined' }))).toBe('0\n');
    expect(await outputOf(site, shell(FILTER, { seccomp_profile_path: 'default' }))).toBe('2\n');
  });

  test.each([
    ['not JSON', '{', 'invalid-argument', 'sandbox.profile-invalid'],
    ['no profile', '{"syscalls": 1}', 'invalid-argument', 'sandbox.profile-invalid'],
    ['not there', undefined, 'not-found', 'sandbox.profile-missing'],
  ])('that is %s fails the workload', async (_, text, code, reason) => {
    const site = await makeSite();
    if (text !== undefined) await writeFile(path.join(site.workspace, 'profile.json'), text);
    const security = { seccomp_profile_path: 'profile.json' };
    const { results } = await runAt(site, { only: shell('true', security), other: shell('true') });
    expect(results['only'].error).toMatchObject({ code, reason });
    expect(results['other'].status).toBe('Completed');
  });
});

describe('namespaces', () => {
  const always = IS_ROOT ? ['user'] : [];

  test('are all new by default', async () => {
    expect(await sharedWith(await makeSite(), {})).toEqual(always);
  });

  test.each([
    ['pid', 'pid'],
    ['mount', 'mnt'],
    ['ipc', 'ipc'],
    ['uts', 'uts'],
    ['net', 'net'],
  ] as const)('%s: false shares that one alone', async (name, shared) => {
    const site = await makeSite();
    const seen = await sharedWith(site, { namespaces: { [name]: false } });
    expect(seen.sort()).toEqual([shared, ...always].sort());
  });

  test.runIf(IS_ROOT)(
    'user: true gives root one, in which it is the same unprivileged user',
    async () => {
      const site = await makeSite();
      const security = { namespaces: { user: true } };
      expect(await sharedWith(site, security)).toEqual([]);
      const [uid, map] = linesOf(
        await outputOf(site, shell('id -u; cat /proc/self/uid_map', security)),
      );
      expect(Number(uid)).toBeGreaterThanOrEqual(1_900_000_000);
      expect(map?.trim().split(/ +/)).toEqual([uid, uid, '1']);
      await outputOf(site, shell('echo x >file', security));
      expect(await readFile(path.join(site.workspace, 'file'), 'utf8')).toBe('x\n');
    },
  );

  test('user: false is refused where there is no other way', async () => {
    const site = await makeSite('user');
    const { results } = await runAt(site, { only: shell('true', { namespaces: { user: false } }) });
    expect(results['only'].error).toMatchObject({ reason: 'sandbox.not-enforceable' });
  });

  test('the name of the host is shown only with its own', async () => {
    const site = await makeSite();
    expect(await outputOf(site, shell('hostname'))).toBe('ork\n');
    expect(await outputOf(site, shell('hostname', { namespaces: { uts: false } }))).toBe(
      `${hostname()}\n`,
    );
  });

  test('without a view of its own a workload sees the host, as an unprivileged user', async () => {
    const site = await makeSite();
    const script = `cat /etc/hostname; cat /etc/shadow 2>/dev/null; ${FILTER}`;
    const seen = await outputOf(site, shell(script, { namespaces: { mount: false } }));
    expect(seen).toBe(`${readFileSync('/etc/hostname', 'utf8')}2\n`);
  });
});

describe('run_as', () => {
  const id = 'id -u; id -g';

  test.runIf(IS_ROOT)('takes a name, or a number', async () => {
    const site = await makeSite('root');
    expect(linesOf(await outputOf(site, shell(id, { run_as: 'nobody' })))).toEqual([
      '65534',
      '65534',
    ]);
    expect(linesOf(await outputOf(site, shell(id, { run_as: 54_321 })))).toEqual([
      '54321',
      '54321',
    ]);
    const [uid] = linesOf(await outputOf(site, shell(id, { run_as: 'auto' })));
    expect(Number(uid)).toBeGreaterThanOrEqual(1_900_000_000);
  });

  test.each([
    ['root', 'denied', 'sandbox.grant-refused'],
    [0, 'denied', 'sandbox.grant-refused'],
    ['no-such-user', 'not-found', 'sandbox.unknown-user'],
  ])('%s is refused', async (name, code, reason) => {
    const { results } = await runAt(await makeSite(), { only: shell(id, { run_as: name }) });
    expect(results['only'].error).toMatchObject({ code, reason });
  });

  test('another user is refused to an ordinary one', async () => {
    const { results } = await runAt(await makeSite('user'), {
      only: shell(id, { run_as: 54_321 }),
    });
    expect(results['only'].error).toMatchObject({
      code: 'failed-precondition',
      reason: 'sandbox.not-enforceable',
    });
  });
});
