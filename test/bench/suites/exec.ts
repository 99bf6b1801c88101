import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isInstalled, timeCommand } from '../command.ts';
import { type Aim, type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { chain, writePlaybook } from '../playbooks.ts';
import { type Contestant, interleave, type Summary } from '../sampling.ts';
import type { Sizes } from '../sizes.ts';

type Chain = Sizes['chains'][number];

const AIMS: Record<number, Aim> = { 50: { of: 'median', most: 500 } };
const ANSIBLE_ROUNDS = 2;

/** A chain of programs that do nothing, beside the tools that people chain programs with. */
export const exec: Suite = {
  name: 'exec',
  async measure(bench: Bench): Promise<Row[]> {
    const rows: Row[] = [];
    for (const one of bench.sizes.chains) rows.push(await measureChain(bench, one));
    return rows;
  },
};

async function measureChain({ folder, installation }: Bench, one: Chain): Promise<Row> {
  const { length, rounds } = one;
  const workloads = chain(length, 'exec', '{ command: [/bin/true] }');
  const playbook = await writePlaybook(folder, `chain-${length}`, workloads);
  const ork: Contestant = {
    name: 'ork',
    sample: () => timeCommand([...installation.ork, 'run', playbook]),
  };
  const others = [await make(folder, length), ...(await ansible(folder, one))];
  const [first, ...rest] = await interleave([ork, ...others], rounds);
  const text = { id: `exec-${length}`, what: `${length} × exec /bin/true, one after the other` };
  const aim = AIMS[length];
  const note = one.ansible && rest.length < 2 ? { note: 'ansible-playbook: not installed' } : {};
  return makeRow({ ...text, unit: 'ms', ...(aim && { aim }), ...note }, first as Summary, rest);
}

async function make(folder: string, length: number): Promise<Contestant> {
  const file = path.join(folder, `chain-${length}.mk`);
  const rules = Array.from({ length }, (_, index) => {
    const after = index === length - 1 ? '' : ` t${index + 1}`;
    return `.PHONY: t${index}\nt${index}:${after}\n\t@/bin/true\n`;
  });
  await writeFile(file, rules.join('\n'));
  return { name: 'GNU make', sample: () => timeCommand(['make', '-f', file, 't0']) };
}

/** Seconds per run, so it gets few of them. */
async function ansible(folder: string, { length, ...one }: Chain): Promise<Contestant[]> {
  if (!one.ansible || !isInstalled('ansible-playbook')) return [];
  const file = path.join(folder, `chain-${length}.ansible.yaml`);
  const tasks = Array.from({ length }, () => '    - ansible.builtin.command: /bin/true');
  const head = ['- hosts: localhost', '  gather_facts: false', '  tasks:'];
  await writeFile(file, `${[...head, ...tasks].join('\n')}\n`);
  const argv = ['ansible-playbook', '-i', 'localhost,', '-c', 'local', file];
  const rounds = Math.min(ANSIBLE_ROUNDS, one.rounds);
  return [{ name: 'ansible-playbook', sample: () => timeCommand(argv), rounds }];
}
