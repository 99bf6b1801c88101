// Starts the same command again, under the Node that the platform package brings.
import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as os } from 'node:os';
import { LAUNCHER_FD } from './parent-death.js';

const PLATFORMS = ['linux-x64', 'linux-arm64'];

/** Signals that reach only this process, so the child hears of them from here. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR2'];
/** Signals that a terminal sends to the whole foreground group, so the child has usually had them already. */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'];

/**
 * @param {string} name the command, for messages
 * @param {string} lacking what the running Node cannot do
 */
export function relaunch(name, lacking) {
  const platform = `${process.platform}-${process.arch}`;
  const problem = `${name}: this Node.js (${process.version}) lacks ${lacking}, which ORK needs`;
  if (process.env.ORK_RELAUNCHED) {
    return refuse(`${problem}, although it was started for having it; reinstall the package`);
  }
  if (!PLATFORMS.includes(platform)) {
    return refuse(
      `${problem}, and ORK brings none for ${platform} (only for ${PLATFORMS.join(' and ')}). ` +
        'Put Node.js 26 or newer first on the PATH.',
    );
  }
  const binary = findBinary(`node-${platform}`);
  if (binary === undefined) {
    return refuse(
      `${problem}, and the package node-${platform} that brings a newer one is not installed. ` +
        'Install again with optional packages (npm install --include=optional), or put Node.js 26 or newer first on the PATH.',
    );
  }
  const argv = process.argv.slice(1);
  const env = { ...process.env, ORK_RELAUNCHED: '1' };
  if (process.execve) replaceProcess(binary, argv, env);
  else superviseChild(name, binary, argv, env);
}

/** @param {string} packageName */
function findBinary(packageName) {
  try {
    const binary = createRequire(import.meta.url).resolve(`${packageName}/bin/node`);
    accessSync(binary, constants.X_OK);
    return binary;
  } catch {
    return undefined;
  }
}

/** Same process id, so nothing needs to be passed on. */
function replaceProcess(binary, argv, env) {
  process.emitWarning = () => {}; // Node calls execve experimental; that is no news for a user of ORK
  process.execve(binary, [binary, ...argv], env);
}

function superviseChild(name, binary, argv, env) {
  let child;
  for (const signal of FORWARDED) process.on(signal, () => child?.kill(signal));
  for (const signal of FROM_TERMINAL) {
    process.on(signal, () => {
      if (!isForeground()) child?.kill(signal);
    });
  }
  child = spawn(binary, argv, {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...env, [LAUNCHER_FD]: '3' },
  });
  child.on('error', (error) => {
    refuse(`${name}: cannot start ${binary}: ${error.message} (it needs a Linux with glibc)`);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    dieBy(signal);
  });
}

/** Whether a terminal's Ctrl-C comes to this process and, by their common process group, to the child. */
function isForeground() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , , foregroundGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foregroundGroup;
  } catch {
    return process.stdin.isTTY === true;
  }
}

/** Ends as the child did, so that a shell sees the same. */
function dieBy(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Still here: process 1 of a container does not die by signals that it sends to itself.
  setTimeout(() => process.exit(128 + os.signals[signal]), 100);
}

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
