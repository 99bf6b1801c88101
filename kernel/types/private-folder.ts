/**
 * Where folders for the private files of programs may be: in memory first. A worker takes the first that
 * it can write to; the kernel looks in all of them when it cleans up after a worker that was killed.
 */
export const PRIVATE_FOLDER_ROOTS = ['/dev/shm', '/tmp'];
