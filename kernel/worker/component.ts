import { readFileSync } from 'node:fs';
import { OrkError } from '../types/errors.ts';
import type { CallContext, CurrentCall } from './call-context.ts';
import { clockImports, entropyImports, logImports, serviceImports } from './imports/base.ts';
import { type Input, type Output, streamsImports } from './imports/streams.ts';
import { wasiImports } from './wasi.ts';

/** Where a transpiled component lies. */
export interface ComponentLocation {
  /** The generated bindings, an ES module. */
  glue: string;
  /** The file of each core module, by the name that the bindings ask for. */
  cores: Record<string, string>;
  /** The capabilities of its manifest. */
  capabilities: string[];
}

/** `runtime.invocation`, as the bindings take it. */
export interface Invocation {
  module: string;
  workload: string;
  instance: string;
  attempt: number;
  params: string;
  deadline: bigint | undefined;
  dryRun: boolean;
}

type CapabilityImports = (current: CurrentCall) => object;

interface Exports {
  perform(call: Invocation, inputs: Input[], outputs: Output[]): Promise<string>;
}

type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: Record<string, object>,
  instantiateCore: (module: WebAssembly.Module, imports: object) => Promise<WebAssembly.Instance>,
) => Promise<Exports>;

/** Core modules by file: files are named by their digest, so that the engine's is compiled once. */
const compiledCores = new Map<string, WebAssembly.Module>();

/** A component, loaded and compiled, ready to be instantiated any number of times. */
export class Component {
  readonly #location: ComponentLocation;
  readonly #instantiate: Instantiate;
  readonly #capabilities: Map<string, CapabilityImports>;

  private constructor(
    location: ComponentLocation,
    instantiate: Instantiate,
    capabilities: Map<string, CapabilityImports>,
  ) {
    this.#location = location;
    this.#instantiate = instantiate;
    this.#capabilities = capabilities;
  }

  static async load(location: ComponentLocation): Promise<Component> {
    for (const file of Object.values(location.cores)) compiledCore(file);
    const [glue, ...capabilities] = await Promise.all([
      import(location.glue) as Promise<{ instantiate: Instantiate }>,
      ...location.capabilities.map(loadCapability),
    ]);
    return new Component(location, glue.instantiate, new Map(capabilities));
  }

  /** A fresh instance, for calls one after the other. */
  async instantiate(): Promise<ComponentInstance> {
    const instance = new ComponentInstance();
    const exports = await this.#instantiate(
      (name) => compiledCore(this.#location.cores[name] as string),
      this.#imports(instance.currentCall),
      (module, imports) => instance.instantiateCore(module, imports),
    );
    instance.start(exports);
    return instance;
  }

  #imports(current: CurrentCall): Record<string, object> {
    const imports: Record<string, object> = {
      ...wasiImports((text) => sayStderr(current(), text)),
      'ork:module/log': logImports(current),
      'ork:module/clock': clockImports(current),
      'ork:module/entropy': entropyImports(),
      'ork:module/service': serviceImports(current),
      'ork:module/streams': streamsImports(current),
    };
    for (const [capability, makeImports] of this.#capabilities) {
      imports[`ork:module/${capability}`] = makeImports(current);
    }
    return imports;
  }
}

/** One Wasm object: serves one call at a time, and knows how much it has grown. */
export class ComponentInstance {
  readonly #memories: WebAssembly.Memory[] = [];
  #exports: Exports | undefined;
  #call: CallContext | undefined;
  #initialBytes = 0;
  #calls = 0;

  readonly currentCall: CurrentCall = () => this.#call as CallContext;

  /** How many calls it has begun. */
  get calls(): number {
    return this.#calls;
  }

  /** Bytes of linear memory gained since it was made; it never shrinks. */
  get growth(): number {
    return this.#memoryBytes() - this.#initialBytes;
  }

  async instantiateCore(
    module: WebAssembly.Module,
    imports: object,
  ): Promise<WebAssembly.Instance> {
    const instance = await WebAssembly.instantiate(module, imports);
    const { memory } = instance.exports;
    if (memory instanceof WebAssembly.Memory) this.#memories.push(memory);
    return instance;
  }

  start(exports: Exports): void {
    this.#exports = exports;
    this.#initialBytes = this.#memoryBytes();
  }

  perform(
    call: CallContext,
    invocation: Invocation,
    inputs: Input[],
    outputs: Output[],
  ): Promise<string> {
    this.#call = call;
    this.#calls++;
    return (this.#exports as Exports).perform(invocation, inputs, outputs);
  }

  #memoryBytes(): number {
    return this.#memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  }
}

/** Loaded when a component needs it: a worker that never does starts faster. */
async function loadCapability(capability: string): Promise<[string, CapabilityImports]> {
  switch (capability) {
    case 'files':
      return [capability, (await import('./imports/files.ts')).filesImports];
    case 'process':
      return [capability, (await import('./imports/process.ts')).processImports];
    case 'expressions':
      return [capability, (await import('./imports/expressions.ts')).expressionsImports];
    case 'state':
      return [capability, (await import('./imports/state.ts')).stateImports];
    default:
      throw new OrkError('unsupported', `this version of ork does not offer '${capability}'`, {
        reason: 'capability.unavailable',
        hint: 'the module was built for a later version',
      });
  }
}

function compiledCore(file: string): WebAssembly.Module {
  const known = compiledCores.get(file);
  if (known !== undefined) return known;
  const compiled = new WebAssembly.Module(readFileSync(file));
  compiledCores.set(file, compiled);
  return compiled;
}

function sayStderr({ peer, id }: CallContext, text: string): void {
  peer.notify('log', { call: id, level: 'warn', message: text.trimEnd(), fields: null });
}
