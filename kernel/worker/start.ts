import module from 'node:module';

/**
 * The worker's entry. The rest is loaded after the cache of compiled code is in use; its folder comes
 * as the first argument, because no variable of ours may reach the programs that a worker starts. `keep` as the second
 * one tells that it may be added to.
 */
const cacheFolder = process.argv[2];
// Relative to its own place: it may have been made in another folder.
if (cacheFolder !== undefined)
  module.enableCompileCache({ directory: cacheFolder, portable: true });
await import('./main.ts');
