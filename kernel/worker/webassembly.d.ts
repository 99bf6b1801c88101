/** The part of WebAssembly's JavaScript interface that the worker uses; TypeScript has it with the DOM only. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(limits: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    readonly exports: Record<string, unknown>;
  }
  function instantiate(module: Module, imports: object): Promise<Instance>;
}
