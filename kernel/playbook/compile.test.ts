import { describe, expect, it } from 'vitest';
import { compiled, playbook } from '../../test/fixtures/playbooks/validating.ts';

describe('a playbook', () => {
  it('without anything optional has the defaults', async () => {
    expect(await compiled(playbook({ a: '' }))).toEqual({
      name: 'p',
      schemaVersion: 'v1.0.0',
      inputs: {},
      vars: {},
      outputs: {},
      workloads: [
        {
          name: 'a',
          lifecycle: { policy: 'run_once' },
          process: { module: 'control:identity', params: {} },
          dependsOn: [],
          streamInputs: [],
          ignoreErrors: false,
          finally: false,
          statePolicy: { access: 'copy_on_write' },
          streamPolicy: { bufferSize: 1024, bufferBytes: 4_194_304, overflow: 'block' },
          securityContext: {
            sandbox: 'default',
            filesystem: { read: [], write: [] },
            env: [],
            network: { connect: [], listen: [] },
          },
        },
      ],
    });
  });

  it('keeps all that is written in its head', async () => {
    const head = [
      'description: Everything.',
      'inputs: { host: { type: string, default: localhost, description: Where. }, n: {} }',
      'vars: { v: { w: [1] } }',
      'outputs: { o: "{{ v }}" }',
      'timeout: 1h30m',
      'concurrency: { key: "{{ host }}" }',
      'max_parallel: 3',
      '',
    ].join('\n');
    const { workloads: _, ...rest } = await compiled(playbook({ a: '' }, head));
    expect(rest).toEqual({
      name: 'p',
      schemaVersion: 'v1.0.0',
      description: 'Everything.',
      inputs: {
        host: { type: 'string', default: 'localhost', description: 'Where.' },
        n: { type: 'any' },
      },
      vars: { v: { w: [1] } },
      outputs: { o: '{{ v }}' },
      timeout: 5_400_000,
      concurrency: { key: '{{ host }}', policy: 'queue' },
      maxParallel: 3,
    });
  });

  it('keeps all that is written in a workload', async () => {
    const text = playbook({
      a: 'register: r',
      b: [
        'description: All of it.',
        'depends_on: [a, a]',
        'register: s',
        "when: '{{ r.summary.ok }}'",
        'loop: [1, 2]',
        'loop_control: { parallel: 4, loop_var: n, index_var: i, fail_fast: false }',
        'retry: { attempts: 3 }',
        'timeout: 250ms',
        'ignore_errors: true',
        'on_crash: rerun',
      ].join(', '),
      c: 'finally: true, when: false, stream_inputs: []',
    });
    const { workloads } = await compiled(text);
    expect(workloads[1]).toMatchObject({
      description: 'All of it.',
      dependsOn: ['a'],
      register: 's',
      when: '{{ r.summary.ok }}',
      loop: { items: [1, 2], parallel: 4, loopVar: 'n', indexVar: 'i', failFast: false },
      retry: { attempts: 3, delay: 1000 },
      timeout: 250,
      ignoreErrors: true,
      onCrash: 'rerun',
    });
    expect(workloads[2]).toMatchObject({ finally: true, when: false });
  });

  it('takes stream inputs apart into workload and port', async () => {
    const text = playbook({
      a: 'process: { module: data:map }',
      b: 'process: { module: data:collect }, stream_inputs: [a, a.dead_letter]',
    });
    const { workloads } = await compiled(text);
    expect(workloads[1]?.streamInputs).toEqual([
      { workload: 'a', port: 'main' },
      { workload: 'a', port: 'dead_letter' },
    ]);
  });

  it('has the value of an anchor wherever it is named', async () => {
    const { workloads } = await compiled(playbook({ a: 'timeout: &t 5s', b: 'timeout: *t' }));
    expect(workloads.map(({ timeout }) => timeout)).toEqual([5000, 5000]);
  });
});

describe('text tagged !raw becomes a template of itself', () => {
  it('in params, outputs and loops, and nowhere twice', async () => {
    const params = 'params: { x: [!raw "{{.ID}}"], y: !raw plain }';
    const text = playbook(
      { a: `process: { module: control:identity, ${params} }, loop: [!raw "{{ x }}"]` },
      'outputs: { o: !raw "{{ y }}" }\n',
    );
    const { workloads, outputs } = await compiled(text);
    expect(workloads[0]?.process.params).toEqual({ x: ['{{ "{{.ID}}" }}'], y: 'plain' });
    expect(workloads[0]?.loop?.items).toEqual(['{{ "{{ x }}" }}']);
    expect(outputs).toEqual({ o: '{{ "{{ y }}" }}' });
  });
});
