import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compiled, playbook } from '../../test/fixtures/playbooks/validating.ts';
import { renderValue } from '../expressions/template.ts';
import type { Workload } from '../playbook/model.ts';
import { LaunchPlanner } from '../sandbox/launch-planner.ts';
import type { JsonObject } from '../types/json.ts';
import { prepareSandbox } from './prepare-sandbox.ts';

async function workspaceFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ork-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What a workload with this security_context gets when the input `where` has that value. */
async function prepare(context: string, where: string, workspace = '/srv/work') {
  const text = playbook({ w: `security_context: { ${context} }` }, 'inputs: { where: {} }\n');
  const { workloads } = await compiled(text);
  const names: JsonObject = { where };
  const host = {
    env: () => undefined,
    secret: () => undefined,
    now: () => new Date(0),
    uuid: () => '',
  };
  const renderer = {
    render: (value: Parameters<typeof renderValue>[0]) => renderValue(value, { names, ...host }),
  };
  const prepared = await prepareSandbox(workloads[0] as Workload, renderer, {
    workspace,
    launches: new LaunchPlanner({ workspace, moduleFolders: [], hostEnvironment: {} }),
    capabilities: [],
  });
  return prepared.security;
}

test('templates of a security_context are rendered', async () => {
  const { filesystem, network } = await prepare(
    'filesystem: { read: ["/srv/{{ where }}"] }, network: { connect: ["{{ where }}:443"] }',
    'data',
  );
  expect(filesystem.read).toEqual(['/srv/data']);
  expect(network.connect).toEqual(['data:443']);
});

describe('a grant that no workload gets is refused once it is known:', () => {
  test.each([
    ['filesystem: { read: ["{{ where }}"] }', '/proc/1', '/proc/1'],
    ['filesystem: { write: ["/{{ where }}"] }', '..', '/..'],
    ['filesystem: { read: ["{{ where }}"] }', '../../proc/1', '/proc/1'],
    ['network: { connect: ["{{ where }}"] }', 'unix:/run/docker.sock', 'unix:/run/docker.sock'],
    ['network: { connect: ["{{ where }}:443"] }', 'a b', 'a b:443'],
    ['network: { listen: ["{{ where }}:80"] }', '*.example.com', '*.example.com:80'],
  ])('%s with %s', async (context, where, grant) => {
    await expect(prepare(context, where)).rejects.toMatchObject({
      code: 'denied',
      reason: 'sandbox.grant-refused',
      message: expect.stringContaining(`'${grant}' cannot be granted to 'w'`),
    });
  });

  test('a link to it', async () => {
    const workspace = await workspaceFolder();
    await symlink('/proc', path.join(workspace, 'link'));
    const granting = prepare('filesystem: { read: [link] }', '', workspace);
    await expect(granting).rejects.toMatchObject({ reason: 'sandbox.grant-refused' });
  });
});
