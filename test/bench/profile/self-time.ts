/** The part of V8's .cpuprofile that is read here. */
export interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

export interface SelfTime {
  where: string;
  milliseconds: number;
  /** Of all the time in the profile. */
  share: number;
}

type CallFrame = CpuProfile['nodes'][number]['callFrame'];

/** Where the processor was, function by function, longest first; what callees took is theirs. */
export function selfTimes(profile: CpuProfile): SelfTime[] {
  return sumBy(profile, functionOf);
}

/** The same by package, room of the kernel, or kind of code. */
export function selfTimesByPart(profile: CpuProfile): SelfTime[] {
  return sumBy(profile, partOf);
}

function sumBy(
  { nodes, samples, timeDeltas }: CpuProfile,
  nameOf: (frame: CallFrame) => string,
): SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '(unknown)';
    const time = timeDeltas[index] ?? 0;
    times.set(name, (times.get(name) ?? 0) + time);
    total += time;
  }
  return [...times]
    .map(([where, time]) => ({ where, milliseconds: time / 1000, share: time / total }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

function functionOf({ functionName, url, lineNumber }: CallFrame): string {
  const place = url === '' ? '' : ` ${shortPath(url)}:${lineNumber + 1}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${place}`;
}

function partOf({ functionName, url }: CallFrame): string {
  if (functionName.startsWith('wasm-') || url.startsWith('wasm:')) return 'guest (WebAssembly)';
  if (url === '') return functionName.startsWith('(') ? functionName : 'native code of Node and V8';
  if (url.startsWith('node:')) return 'JavaScript of Node';
  const parts = shortPath(url).split('/');
  return parts.slice(0, parts.length > 2 ? 2 : 1).join('/');
}

function shortPath(url: string): string {
  return url
    .replace(/^.*\/node_modules\//, '')
    .replace(/^file:\/\/.*?\/(?=(?:kernel|build|dist|test)\/)/, '');
}
