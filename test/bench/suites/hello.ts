import { timeCommand } from '../command.ts';
import { type Aim, type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { workload, writePlaybook } from '../playbooks.ts';
import { interleave, type Summary } from '../sampling.ts';

const AIM: Aim = { of: 'ratio', most: 6 };

/** The whole of `ork run` for one small workload, beside a Node that does nothing. */
export const hello: Suite = {
  name: 'hello',
  async measure({ folder, installation: { ork, from }, sizes }: Bench): Promise<Row[]> {
    const identity = workload('greet', 'control:identity', '{ greeting: hello }');
    const echo = workload('greet', 'exec', '{ command: [echo, hello] }');
    const commands: [string, string[]][] = [
      ['node -e 0', [process.execPath, '-e', '0']],
      ['ork --version', [...ork, '--version']],
      ['identity', [...ork, 'run', await writePlaybook(folder, 'identity', [identity])]],
      ['echo', [...ork, 'run', await writePlaybook(folder, 'echo', [echo])]],
    ];
    const contestants = commands.map(([name, argv]) => ({ name, sample: () => timeCommand(argv) }));
    const results = await interleave(contestants, sizes.helloRounds);
    const [bare, version, first, second] = results as [Summary, Summary, Summary, Summary];
    const started = `started from ${from}`;
    return [
      row('hello-version', `\`ork --version\`, ${started}`, version, bare),
      row('hello-identity', `hello with control:identity, ${started}`, first, bare, AIM),
      row('hello-exec', `hello with exec echo, ${started}`, second, bare, AIM),
    ];
  },
};

function row(id: string, what: string, ork: Summary, bare: Summary, aim?: Aim): Row {
  return makeRow({ id, what, unit: 'ms', ...(aim && { aim }) }, ork, [bare]);
}
