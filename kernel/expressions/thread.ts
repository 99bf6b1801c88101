/** The thread that evaluates expressions which may take long; started by `EvaluationThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import { EvaluationServer, remoteHost } from './evaluation-server.ts';
import type { EvaluationRequest, ThreadMessage } from './thread-messages.ts';

const send = (message: ThreadMessage) => parentPort?.postMessage(message);
const host = remoteHost((question) => send({ kind: 'question', question }), workerData);
const server = new EvaluationServer(host);
parentPort?.on('message', (request: EvaluationRequest) => send(server.evaluate(request)));
send({ kind: 'ready' });
