import { endianness } from 'node:os';

/** What a filter sees of a system call. */
export interface SystemCall {
  number: number;
  architecture: number;
  args: readonly bigint[];
}

/** `AUDIT_ARCH_X86_64`, `AUDIT_ARCH_AARCH64`. */
export const NATIVE_ARCHITECTURE = process.arch === 'x64' ? 0xc000003e : 0xc00000b7;

const INSTRUCTION_BYTES = 8;
const ARGUMENTS_AT = 16;

const LOAD = 0x20;
const AND = 0x54;
const JUMP = 0x05;
const RETURN = 0x06;

const TESTS: Record<number, (accumulator: number, k: number) => boolean> = {
  21: (accumulator, k) => accumulator === k,
  37: (accumulator, k) => accumulator > k,
  53: (accumulator, k) => accumulator >= k,
  69: (accumulator, k) => (accumulator & k) !== 0,
};

/** Runs a filter as the kernel does, as far as ours go: classic BPF with jumps ahead only. */
export function runFilter(program: Buffer, call: SystemCall): number {
  const data = seenBy(call);
  let accumulator = 0;
  for (let at = 0; at < program.length; at += INSTRUCTION_BYTES) {
    const code = program.readUInt16LE(at);
    const k = program.readUInt32LE(at + 4);
    const test = TESTS[code];
    if (code === RETURN) return k;
    if (code === LOAD) accumulator = data.readUInt32LE(k);
    else if (code === AND) accumulator = (accumulator & k) >>> 0;
    else if (code === JUMP) at += k * INSTRUCTION_BYTES;
    else if (test === undefined) throw new Error(`instruction ${code} is none that we make`);
    else at += program.readUInt8(at + (test(accumulator, k) ? 2 : 3)) * INSTRUCTION_BYTES;
  }
  throw new Error('the filter has no answer');
}

/** `struct seccomp_data`. */
function seenBy({ number, architecture, args }: SystemCall): Buffer {
  if (endianness() !== 'LE') throw new Error('filters are made for little-endian machines only');
  const data = Buffer.alloc(ARGUMENTS_AT + 6 * 8);
  data.writeInt32LE(number | 0, 0);
  data.writeUInt32LE(architecture, 4);
  for (const [index, arg] of args.entries()) data.writeBigUInt64LE(arg, ARGUMENTS_AT + index * 8);
  return data;
}
