import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { buildProgram } from './native-programs.ts';
import { checkout } from './ork.ts';
import { IS_ROOT, onHost, type Site } from './sandbox.ts';

/** The program that attacks, in the workspace, where programs in the sandbox find it. */
export function buildAttacks(site: Site): string {
  const target = path.join(site.workspace, 'attacks');
  return buildProgram(path.join(checkout, 'test/sandbox/attacks.c'), target);
}

/** A file of the host beside the workspace, which somebody may read but no workload was granted. */
export async function hostFile(site: Site, name = 'host.txt'): Promise<string> {
  const file = path.join(site.folder, name);
  await writeFile(file, 'of the host');
  if (IS_ROOT) await chown(file, site.uid, site.uid);
  return file;
}

/** A process of the host that goes with the test. */
export function hostProcess(): number {
  const child = spawn('sleep', ['3600'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid as number;
}

/** Somebody who listens on the host until the test is over, on a port of its loopback and on an abstract socket. */
async function listenOnHost(): Promise<{ port: number; name: string }> {
  const name = `ork-test-${process.pid}-${Math.random()}`;
  const servers = [createServer(), createServer()] as const;
  for (const server of servers) onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => servers[0].listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => servers[1].listen(`\0${name}`, resolve));
  const address = servers[0].address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, name };
}

/** What the attacks need: something of each kind that could be reached. */
export async function attackCommand(site: Site): Promise<{ command: string[]; granted: string }> {
  const attacks = buildAttacks(site);
  const granted = await hostFile(site, 'granted.txt');
  const device = path.join(site.workspace, 'device');
  if (IS_ROOT) onHost('mknod', device, 'c', '1', '3');
  const { port, name } = await listenOnHost();
  const values = {
    PROCESS: hostProcess(),
    PORT: port,
    ABSTRACT: name,
    GROUP: groupOfHost(),
    GRANTED: granted,
    DEVICE: device,
    SHUT: await hostFile(site),
  };
  const words = Object.entries(values).map(([variable, value]) => `${variable}=${value}`);
  return { command: [attacks, ...words], granted };
}

function groupOfHost(): string {
  const [line = ''] = readFileSync('/proc/self/mountinfo', 'latin1')
    .split('\n')
    .filter((entry) => entry.includes(' - cgroup'));
  return path.join(line.split(' ')[4] ?? '', 'cgroup.procs');
}
