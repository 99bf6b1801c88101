import { MemoryStore } from './memory-store.ts';
import { describeStore } from './store-conformance.ts';

describeStore('the memory store', async () => new MemoryStore());
