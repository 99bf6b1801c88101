import { ByteReader, MalformedBytes } from './byte-reader.ts';

/** `\0asm`, then the component model's version and layer. */
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const CUSTOM = 0;
/** A component of ours has about thirty; nested ones do not count. */
const MAX_SECTIONS = 10_000;

/** One top-level section of a component. */
export interface Section {
  id: number;
  body: Uint8Array;
}

/** The top-level sections of a component, without looking into nested ones. */
export function readSections(component: Uint8Array): Section[] {
  if (PREAMBLE.some((byte, index) => component[index] !== byte)) {
    throw new MalformedBytes('This is not a WebAssembly component.');
  }
  const reader = new ByteReader(component, PREAMBLE.length);
  const sections: Section[] = [];
  while (!reader.atEnd) {
    if (sections.length === MAX_SECTIONS) throw new MalformedBytes('There are too many sections.');
    sections.push({ id: reader.byte(), body: reader.bytes(reader.u32()) });
  }
  return sections;
}

/** The payload of the custom section `name`; two of that name are refused, since either could be meant. */
export function readCustomSection(component: Uint8Array, name: string): Uint8Array | undefined {
  const found = customSections(component).filter((section) => section.name === name);
  if (found.length > 1) throw new MalformedBytes(`There is more than one section '${name}'.`);
  return found[0]?.payload;
}

function customSections(component: Uint8Array): { name: string; payload: Uint8Array }[] {
  return readSections(component)
    .filter(({ id }) => id === CUSTOM)
    .map(({ body }) => {
      const reader = new ByteReader(body);
      return { name: reader.name(), payload: body.subarray(reader.offset) };
    });
}

/** The component with one more custom section at its end; one of that name must not be there yet. */
export function appendCustomSection(
  component: Uint8Array,
  name: string,
  payload: Uint8Array,
): Uint8Array {
  if (readCustomSection(component, name) !== undefined) {
    throw new MalformedBytes(`There is a section '${name}' already.`);
  }
  const nameBytes = new TextEncoder().encode(name);
  const nameLength = encodeU32(nameBytes.length);
  const size = encodeU32(nameLength.length + nameBytes.length + payload.length);
  return concatenate([
    component,
    Uint8Array.of(CUSTOM, ...size, ...nameLength),
    nameBytes,
    payload,
  ]);
}

function encodeU32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
