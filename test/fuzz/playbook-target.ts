import { formatProblem } from '../../kernel/playbook/caret.ts';
import { loadPlaybook } from '../../kernel/playbook/load.ts';
import type { Problem } from '../../kernel/playbook/model.ts';
import { validatePlaybook } from '../../kernel/playbook/validate.ts';
import { catalog } from '../fixtures/playbooks/catalog.ts';
import { expressionWords } from './expression-target.ts';
import { require, type Target } from './target.ts';

const words = [
  ...[
    'name: ',
    'schemaVersion: v1.0.0',
    'vars: ',
    'inputs: ',
    'outputs: ',
    'workloads:\n',
    'timeout: ',
  ],
  ...[
    '  - name: ',
    '    lifecycle: { policy: run_once }\n',
    '    process: { module: exec }\n',
    'params: ',
  ],
  ...[
    'depends_on: [',
    'stream_inputs: [',
    'register: ',
    'when: ',
    'loop: ',
    'retry: ',
    'finally: true',
  ],
  ...[
    'policy: supervise',
    'policy: event_driven',
    'policy: scheduled',
    'source: ',
    'cron: "* * * * *"',
  ],
  ...[
    'restart_policy: never',
    'backoff: { base: 1s }',
    'on_crash: rerun',
    'state_policy: ',
    'stream_policy: ',
  ],
  ...['security_context: { env: [PATH] }', 'concurrency: { key: k }', 'type: string', 'default: '],
  ...[
    '"{{ .a.summary }}"',
    '"{{ a.status }}"',
    '"{{ _ork.workloads.a.error }}"',
    "{{ secret 'K' }}",
  ],
  ...[
    '"data:map"',
    '"control:playbook"',
    '"stream:pipeline"',
    'steps: [',
    'a',
    'b',
    'c',
    '5s',
    '1MiB',
  ],
  ...[
    '&x ',
    '*x',
    '<<: *x',
    '!raw ',
    '!!binary ',
    '!!set ',
    '? ',
    ': ',
    '- ',
    '|\n',
    '>-\n',
    '---\n',
    '...\n',
  ],
  ...[
    '%YAML 1.1\n',
    '# ',
    '\t',
    '~',
    'null',
    '.inf',
    '0o17',
    '2026-01-01',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '""',
  ],
  ...['__proto__: ', 'constructor: ', 'prototype: ', 'toString: ', 'hasOwnProperty: '],
  ...expressionWords.slice(0, 30),
] as unknown as [string, ...string[]];

/** Loading and validating: any text is read, and checked if it is YAML. */
export const playbookTarget: Target = {
  name: 'playbook',
  extension: 'yaml',
  words,
  async run(text) {
    const { loaded, problems } = loadPlaybook(text, 'fuzz.yaml');
    require((loaded === undefined) === hasErrors(problems), 'loading gives a playbook or errors');
    checkProblems(problems, text);
    if (loaded === undefined) return reasonsOf(problems);
    const validation = await validatePlaybook(loaded, catalog);
    const { playbook, problems: found } = validation;
    require((playbook === undefined) === hasErrors(found), 'validating gives a playbook or errors');
    checkProblems(found, text);
    return `${reasonsOf(found)} ${playbook?.workloads.length}`;
  },
};

function hasErrors(problems: Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function checkProblems(problems: Problem[], text: string): void {
  const lines = text.split('\n').length;
  for (const problem of problems) {
    require(problem.message !== '', 'a problem has no message');
    require(formatProblem(problem, text) !== '', 'a problem cannot be shown');
    const line = problem.position?.line;
    require(line === undefined || (line >= 1 && line <= lines), 'a problem is outside of the file');
  }
}

function reasonsOf(problems: Problem[]): string {
  return [...new Set(problems.map(({ reason }) => reason))].sort().join();
}
