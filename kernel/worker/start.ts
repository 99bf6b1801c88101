import module from 'node:module';

/**
 * The worker's entry. The rest is loaded after the cache of compiled code is in use; its folder comes
 * as the first argument, because no variable of ours may reach the programs that a worker starts.
 */
const cacheFolder = process.argv[2];
if (cacheFolder !== undefined) module.enableCompileCache(cacheFolder);
await import('./main.ts');
