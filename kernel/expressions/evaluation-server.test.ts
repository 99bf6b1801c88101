import { MessageChannel } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { OrkError } from '../types/errors.ts';
import { EvaluationServer, remoteHost } from './evaluation-server.ts';
import { type Answer, type Question, toFailure } from './thread-messages.ts';

/** A host whose questions are answered at once, as if from another thread. */
function answered(answer: (question: Question) => Answer | undefined) {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const ask = (question: Question) => {
    const reply = answer(question);
    if (reply !== undefined) port1.postMessage(reply);
    Atomics.store(flag, 0, 1);
  };
  return remoteHost(ask, { answers: port2, answered: flag });
}

it('a host in another thread is asked for everything', () => {
  const asked: Question[] = [];
  const host = answered((question) => {
    asked.push(question);
    return { value: question.about === 'now' ? 0 : 'v' };
  });
  expect([host.env('E'), host.secret('S'), host.now(), host.uuid()]).toEqual([
    'v',
    'v',
    new Date(0),
    'v',
  ]);
  expect(asked).toEqual([
    { about: 'env', name: 'E' },
    { about: 'secret', name: 'S' },
    { about: 'now' },
    { about: 'uuid' },
  ]);
});

it('what a host in another thread does not have is undefined here too', () => {
  expect(answered(() => ({ value: undefined })).secret('S')).toBeUndefined();
});

it('what a host in another thread throws is thrown here', () => {
  const error = new OrkError('denied', 'not yours', { reason: 'r', hint: 'h' });
  const host = answered(() => ({ failure: toFailure(error) }));
  expect(() => host.secret('S')).toThrow(expect.objectContaining(error.toDetails()));
});

it('a host that gives no answer is an internal error', () => {
  expect(() => answered(() => undefined).uuid()).toThrow('the host gave no answer');
});

it('a server evaluates one expression after another', () => {
  const server = new EvaluationServer(answered(() => ({ value: 'v' })));
  const request = { source: 'n + 1', names: { n: 1 } };
  expect(server.evaluate(request)).toEqual({ kind: 'result', result: 2 });
  expect(server.evaluate({ ...request, names: { n: 2 } })).toEqual({ kind: 'result', result: 3 });
  expect(server.evaluate({ source: 'm', names: {} })).toMatchObject({
    kind: 'failure',
    failure: { code: 'invalid-argument', expression: 'm', offset: 0 },
  });
});

it('a server does not remember expressions without end', () => {
  const server = new EvaluationServer(answered(() => ({ value: 'v' })));
  for (let n = 0; n < 600; n++) {
    expect(server.evaluate({ source: String(n), names: {} })).toEqual({
      kind: 'result',
      result: n,
    });
  }
});
