import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkout } from '../support/ork.ts';
import {
  HOME,
  IS_ROOT,
  linesOf,
  makeSite,
  outputOf,
  reported,
  runAt,
  type Site,
  shell,
  startAt,
  USERS,
  writePlaybook,
} from '../support/sandbox.ts';

const NONE = ['--sandbox', 'none'];

/** Runs each line as a command of its own, and prints those that worked. */
function attempts(...commands: string[]): string {
  return `{ ${commands.map((command) => `(${command}) && echo '${command}'`).join('; ')}; } 2>/dev/null; true`;
}

async function put(site: Site, name: string, text: string): Promise<string> {
  const file = path.join(site.workspace, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  for (let at = file; IS_ROOT && at !== site.workspace; at = path.dirname(at)) {
    await chown(at, site.uid, site.uid);
  }
  return file;
}

const CHILD = `name: child
schemaVersion: v1.0.0
workloads:
  - { name: only, lifecycle: { policy: run_once }, process: { module: "control:identity", params: {} } }
`;

describe('in the workspace', () => {
  test.each(USERS)(
    'of %s no playbook of the run can be changed, replaced, or moved away',
    async (user) => {
      const changes = attempts(
        'echo x >>playbook.yaml',
        'rm -f playbook.yaml',
        'mv playbook.yaml other.yaml',
        'chmod 666 playbook.yaml',
        'echo x >>books/inner/child.yaml',
        'rm -f books/inner/child.yaml',
        'cp playbook.yaml new && mv new books/inner/child.yaml',
        'mv books moved',
        'mv books/inner books/moved',
        'touch made && rm made',
        'touch books/inner/made && rm books/inner/made',
      );
      const workloads = {
        attack: shell(changes),
        call: 'depends_on: [attack], process: { module: "control:playbook", params: { path: books/inner/child.yaml } }',
      };
      const run = async (args: string[]): Promise<string[]> => {
        const site = await makeSite(user);
        await put(site, 'books/inner/child.yaml', CHILD);
        const playbook = await writePlaybook(site, workloads, await put(site, 'playbook.yaml', ''));
        const { results } = reported(await startAt(site, playbook, args).finished);
        return linesOf(results['attack'].summary.stdout);
      };
      expect(await run([])).toEqual([
        'touch made && rm made',
        'touch books/inner/made && rm books/inner/made',
      ]);
      expect(await run(NONE)).toEqual(
        expect.arrayContaining(['echo x >>playbook.yaml', 'mv books moved']),
      );
    },
  );

  test.each(['.git', 'ork_modules'])('%s can be read, and not changed', async (folder) => {
    const changes = attempts(
      `cat ${folder}/config`,
      `echo x >>${folder}/config`,
      `touch ${folder}/new`,
      `mv ${folder} other`,
      `rm ${folder}/config`,
    );
    const run = async (args: string[]): Promise<number> => {
      const site = await makeSite();
      await put(site, `${folder}/config`, '');
      return linesOf(await outputOf(site, shell(changes), args)).length;
    };
    expect(await run([])).toBe(1);
    expect(await run(NONE)).toBe(4);
  });

  test('the file of the secrets and the audit log show nothing', async () => {
    const site = await makeSite();
    const secrets = await put(site, 'secrets.yaml', 'token: hunter22-hunter22\n');
    await chmod(secrets, 0o600);
    const read = shell(
      'cat secrets.yaml audit.ndjson; echo x >secrets.yaml; mv audit.ndjson gone; true',
    );
    const run = (log: string, args: string[] = []): Promise<string> =>
      outputOf(site, read, [
        '--secrets-file',
        secrets,
        '--audit-log',
        path.join(site.workspace, log),
        ...args,
      ]);
    expect(await run('audit.ndjson')).toBe('');
    expect(await readFile(secrets, 'utf8')).toContain('hunter22');
    expect(await readdir(site.workspace)).toContain('audit.ndjson');
    const open = await outputOf(site, shell('cat secrets.yaml audit.ndjson'), NONE);
    expect(open).toContain('hunter22');
    expect(open).toContain('"event":"run.started"');
  });

  test.each(USERS)(
    'what a program of %s makes belongs to the owner of the workspace',
    async (user) => {
      const site = await makeSite(user);
      const script = 'mkdir made; echo x >made/file; ln -s file made/link; stat -c %U made';
      const seen = await outputOf(site, shell(script));
      expect(seen.trim()).toBe('ork');
      const owner = await stat(site.workspace);
      for (const name of ['made', 'made/file']) {
        const { uid, gid } = await stat(path.join(site.workspace, name));
        expect({ uid, gid }).toEqual({ uid: owner.uid, gid: owner.gid });
      }
    },
  );

  test.runIf(IS_ROOT)('of another user, root makes files of that user', async () => {
    const site = await makeSite('root');
    await chown(site.workspace, 61_000, 62_000);
    await outputOf(site, shell('echo x >file'));
    const { uid, gid } = await stat(path.join(site.workspace, 'file'));
    expect([uid, gid]).toEqual([61_000, 62_000]);
  });
});

describe('a grant', () => {
  test.each(USERS)('of %s to read can be read, one to write can be written', async (user) => {
    const site = await makeSite(user);
    const folders = ['in', 'out', 'none'].map((name) => path.join(site.folder, name));
    for (const folder of folders) {
      await mkdir(folder);
      await writeFile(path.join(folder, 'old'), folder);
      if (IS_ROOT) await chown(folder, site.uid, site.uid);
    }
    const tries = folders.flatMap((folder) => [
      `cat ${folder}/old >/dev/null`,
      `touch ${folder}/new`,
    ]);
    const [inside, out, none] = folders as [string, string, string];
    const grants = { filesystem: { read: [inside], write: [out] } };
    const worked = linesOf(await outputOf(site, shell(attempts(...tries), grants)));
    expect(worked).toEqual([tries[0], tries[2], tries[3]]);
    expect(await readdir(none)).toEqual(['old']);
    expect((await stat(path.join(out, 'new'))).uid).toBe(site.uid);
  });

  test('to write what is not there fails, one to read it shows nothing', async () => {
    const site = await makeSite();
    const none = path.join(site.folder, 'none');
    const script = `test -e ${none} || echo nothing`;
    const { results } = await runAt(site, {
      write: shell(script, { filesystem: { write: [none] } }),
      read: shell(script, { filesystem: { read: [none] } }),
    });
    expect(results['write'].error).toMatchObject({
      code: 'failed-precondition',
      reason: 'sandbox.grant-missing',
    });
    expect(results['read'].summary.stdout).toBe('nothing\n');
  });

  test('in the workspace may not lead out of it by a link that a workload has made', async () => {
    const site = await makeSite();
    const host = path.join(site.folder, 'host');
    await mkdir(host);
    const use = shell('touch out/written', { filesystem: { write: ['out'] } });
    const { results } = await runAt(site, {
      link: shell(`ln -s ${host} out`),
      use: `depends_on: [link], ${use}`,
    });
    expect(results['use'].error).toMatchObject({ code: 'denied', reason: 'sandbox.grant-refused' });
    expect(await readdir(host)).toEqual([]);
  });
});

/** What is in /tmp because something of the host is shown below it: the workspace, and ORK where it lies there. */
function inTmp(folder: string, user: (typeof USERS)[number]): string[] {
  // Root starts the ork of a user from a place in that folder.
  const ork = IS_ROOT && user === 'user' ? [] : [checkout, process.execPath];
  const shown = [folder, ...ork].filter((file) => file.startsWith('/tmp/'));
  return [...new Set(shown.map((file) => file.split('/')[2] as string))].sort();
}

describe('a second workload in the same worker', () => {
  const leave = (workspace: string): string => `
    setsid sleep 3601 >/dev/null 2>&1 &
    (trap '' TERM HUP; nohup sleep 3602 >/dev/null 2>&1 &)
    touch /tmp/left /dev/shm/left ${HOME}/left
    mkdir /tmp/shut && touch /tmp/shut/file && chmod 000 /tmp/shut
    mkfifo /tmp/.fifo; ln -s /etc ${HOME}/link
    i=0; while [ $i -lt 50 ]; do path=d/$path; i=$((i+1)); done
    cd /tmp; i=0; while [ $i -lt 100 ]; do mkdir -p $path && cd $path; i=$((i+1)); done
    cd ${workspace}; mkdir -m 700 kept; echo text >kept/file; chmod 751 .
    cat /proc/[0-9]*/comm | grep -c sleep; echo "$INVOCATION_ID"`;
  const look = `
    cat /proc/[0-9]*/comm | grep -c sleep; echo "$INVOCATION_ID"
    ls -A /tmp /dev/shm ${HOME}`;

  test.each(USERS)(
    'of %s finds nothing of what the first has left but the workspace',
    async (user) => {
      const site = await makeSite(user);
      const { results } = await runAt(site, {
        first: shell(leave(site.workspace)),
        second: `depends_on: [first], ${shell(look)}`,
      });
      const [first, second] = ['first', 'second'].map((name) =>
        linesOf(results[name].summary.stdout),
      );
      // The same worker: else this would show nothing.
      const id = first?.[1] as string;
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      expect(first).toEqual(['2', id]);
      expect(second).toEqual([
        '0',
        id,
        '/dev/shm:',
        `${HOME}:`,
        '/tmp:',
        ...inTmp(site.folder, user),
      ]);
      expect(await readFile(path.join(site.workspace, 'kept/file'), 'utf8')).toBe('text\n');
      const modes = [site.workspace, path.join(site.workspace, 'kept')].map(
        async (folder) => (await stat(folder)).mode & 0o777,
      );
      expect(await Promise.all(modes)).toEqual([0o751, 0o700]);
    },
  );

  test.each(USERS)(
    'of %s finds nothing in the folders above its workspace either',
    async (user) => {
      const site = await makeSite(user);
      const find = 'find /tmp -xdev -name left';
      const { results } = await runAt(site, {
        first: shell(`find /tmp -xdev -type d -writable -exec touch '{}/left' ';'; ${find}`),
        second: `depends_on: [first], ${shell(find)}`,
      });
      expect(linesOf(results['first'].summary.stdout)).toContain('/tmp/left');
      expect(results['second'].summary.stdout).toBe('');
    },
  );

  test('finds it all where there is no sandbox', async () => {
    const site = await makeSite();
    const left = path.join(site.folder, 'left');
    const { results } = await runAt(
      site,
      { first: shell(`touch ${left}`), second: `depends_on: [first], ${shell(`ls ${left}`)}` },
      NONE,
    );
    expect(results['second'].summary.stdout).toBe(`${left}\n`);
  });
});
