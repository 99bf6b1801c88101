import { timeCommand } from '../command.ts';
import { type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { workload, writePlaybook } from '../playbooks.ts';
import { interleave, type Summary } from '../sampling.ts';

const WORKLOADS = 100;
const PARAMETERS = 'vars: { limit: 10, who: world }';

/** The whole of `ork validate`: for a playbook of a hundred workloads and for one of a single one, beside a bare Node. */
export const validate: Suite = {
  name: 'validate',
  async measure({ folder, installation: { ork, from }, sizes }: Bench): Promise<Row[]> {
    const hundred = Array.from({ length: WORKLOADS }, (_, index) => variedWorkload(index));
    const single = [workload('greet', 'exec', '{ command: [echo, hello] }')];
    const check = async (name: string, lines: string[]): Promise<string[]> => [
      ...ork,
      'validate',
      await writePlaybook(folder, name, lines),
    ];
    const commands: [string, string[]][] = [
      ['node -e 0', [process.execPath, '-e', '0']],
      ['hundred', await check('hundred', [...hundred, PARAMETERS])],
      ['single', await check('single', single)],
    ];
    const contestants = commands.map(([name, argv]) => ({ name, sample: () => timeCommand(argv) }));
    const results = await interleave(contestants, sizes.validateRounds);
    const [bare, many, one] = results as [Summary, Summary, Summary];
    return [
      makeRow(
        {
          id: 'validate-hundred',
          what: `\`ork validate\` of ${WORKLOADS} workloads, started from ${from}`,
          unit: 'ms',
          aim: { of: 'median', most: 200 },
        },
        many,
        [bare],
      ),
      makeRow(
        {
          id: 'validate-single',
          what: `\`ork validate\` of one workload, started from ${from}`,
          unit: 'ms',
        },
        one,
        [bare],
      ),
    ];
  },
};

/** Templates with an expression and with a name alone, streams, params of several modules: five kinds in turn. */
function variedWorkload(index: number): string {
  const [name, before] = [`w${index}`, `w${index - 1}`];
  const kinds: (() => string)[] = [
    () =>
      workload(
        name,
        'control:identity',
        `{ n: "{{ .limit + ${index} }}", text: "hello {{ .who }}" }`,
      ),
    () =>
      workload(name, 'exec', `{ command: [echo, "{{ _ork.workloads.${before}.summary.text }}"] }`),
    () => workload(name, 'data:generate_from_list', '{ items: [{ n: 1 }, { n: 2 }] }', before),
    () =>
      reading(
        before,
        workload(
          name,
          'data:filter',
          '{ where: "record.n > bind.least", bind: { least: "{{ .limit }}" } }',
        ),
      ),
    () => reading(before, workload(name, 'data:collect', '{}')),
  ];
  return (kinds[index % kinds.length] as () => string)();
}

/** The same workload with a stream. */
function reading(producer: string, line: string): string {
  return line.replace(/ }$/, `, stream_inputs: [${producer}] }`);
}
