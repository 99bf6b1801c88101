/** Names the descriptor whose other end the launcher holds. */
export const LAUNCHER_FD = 'ORK_LAUNCHER_FD';

/**
 * Ends this process in an orderly way (SIGTERM to itself) when the launcher that started it is gone,
 * even by SIGKILL: the kernel then closes the launcher's end of the pipe. Does nothing without a launcher.
 */
export function watchParentDeath() {
  const fd = Number(process.env[LAUNCHER_FD]);
  delete process.env[LAUNCHER_FD];
  if (!Number.isInteger(fd) || fd < 3) return;
  const { Socket } = process.getBuiltinModule('node:net');
  const pipe = new Socket({ fd, readable: true, writable: false });
  const end = () => process.kill(process.pid, 'SIGTERM');
  pipe.on('error', end).on('end', end).resume().unref();
}
