// Uses what a worker uses of Node: threads, asynchronous files, WebAssembly, suspended calls. Tells of it as JSON.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

// (import "m" "f" (func (result i32))) (func (export "g") (result i32) (i32.add (call 0) (i32.const 1)))
const CALLS_OUT = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 2, 7, 1, 1, 109, 1, 102, 0, 0, 3, 2, 1, 0, 7,
  5, 1, 1, 103, 0, 1, 10, 9, 1, 7, 0, 16, 0, 65, 1, 106, 11,
]);

async function suspendedCall() {
  const f = new WebAssembly.Suspending(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return 41;
  });
  const { instance } = await WebAssembly.instantiate(CALLS_OUT, { m: { f } });
  return WebAssembly.promising(instance.exports.g)();
}

function inThread() {
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage(6 * 7)', {
    eval: true,
  });
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

function startProgram() {
  const { status, error } = spawnSync('/bin/true');
  return error?.code ?? status;
}

console.log(
  JSON.stringify({
    thread: await inThread(),
    suspended: await suspendedCall(),
    file: (await readFile(import.meta.filename)).length > 0,
    program: startProgram(),
    variables: ['LD_PRELOAD', 'ORK_SEAL'].filter((name) => name in process.env),
  }),
);
