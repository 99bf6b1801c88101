import { expect, it } from 'vitest';
import { inputsToText } from './inputs-text.ts';
import { makeStyle } from './style.ts';

const plain = makeStyle(false);

it('lists inputs with type, need and description, and vars with their defaults', () => {
  const playbook = {
    name: 'deploy',
    description: 'Puts a release on a host.',
    inputs: {
      host: { type: 'string', description: 'Where to.' },
      port: { type: 'integer', default: 443 },
      tags: {},
    },
    vars: { region: 'eu', text: 'x'.repeat(80) },
  };
  expect(inputsToText(playbook, plain)).toBe(`
Playbook deploy: Puts a release on a host.

Inputs (--var NAME=VALUE):
  host  string   required     Where to.
  port  integer  default 443
  tags  any      required

Vars (--var NAME=VALUE):
  region  default "eu"
  text    default "${'x'.repeat(58)}…
`);
});

it('says so when a playbook takes nothing', () => {
  expect(inputsToText({ name: 'plain' }, plain)).toBe(
    '\nPlaybook plain\n\nIt takes nothing that --var could set.\n',
  );
});

it('reads what it can of a playbook with mistakes, and escapes control characters', () => {
  const playbook = { name: 3, description: 'a\u001b[2J', inputs: [1], vars: { '\u001b': null } };
  expect(inputsToText(playbook, plain)).toBe(
    '\nPlaybook a\\x1b[2J\n\nVars (--var NAME=VALUE):\n  \\x1b  default null\n',
  );
});
