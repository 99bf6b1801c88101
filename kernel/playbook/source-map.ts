import { type LineCounter, type Range, Scalar } from 'yaml';
import type { SourcePosition } from './model.ts';
import { ScalarOffsets } from './scalar-offset.ts';

/** The way to a value: keys of maps and indices of lists. */
export type Path = readonly (string | number)[];

/** What is known of a key and the value under it. */
export interface Place {
  key?: Range;
  value?: Range;
  scalar?: Scalar;
  /** Made when a position inside the scalar is asked for. */
  offsets?: ScalarOffsets;
  /** What lies below, by key or index. */
  members?: Map<string, Place>;
}

/** Where every key and value of a playbook stands in its text. */
export class SourceMap {
  readonly file: string;
  readonly text: string;
  /** Of the whole value; who reads the text fills it in, with `memberOf` for what lies below. */
  readonly root: Place = {};
  readonly #lines: LineCounter;

  constructor(file: string, text: string, lines: LineCounter) {
    this.file = file;
    this.text = text;
    this.#lines = lines;
  }

  /** The position of a value; of the closest value around it when the path does not exist. */
  valuePosition(path: Path): SourcePosition {
    const place = this.#placeOf(path);
    const range = place?.value ?? place?.key;
    if (range !== undefined) return this.positionAt(range[0], range[1] - range[0]);
    return path.length === 0 ? this.positionAt(0, 1) : this.keyPosition(path.slice(0, -1));
  }

  /** The position of the key that a value stands under; list items and the root have only a value. */
  keyPosition(path: Path): SourcePosition {
    const key = this.#placeOf(path)?.key;
    if (key === undefined) return this.valuePosition(path);
    return this.positionAt(key[0], key[1] - key[0]);
  }

  /** The position of `length` characters at `offset` inside a string value, whatever way it is quoted. */
  positionInString(path: Path, offset: number, length: number): SourcePosition {
    const place = this.#placeOf(path);
    if (place?.scalar === undefined || place.value === undefined) return this.valuePosition(path);
    const { type = Scalar.PLAIN, value } = place.scalar;
    place.offsets ??= new ScalarOffsets(
      this.text.slice(place.value[0], place.value[1]),
      type,
      String(value),
    );
    return this.positionAt(place.value[0] + place.offsets.sourceOffset(offset), length);
  }

  /** The position of an offset in the text; the length is cut at the end of the line. */
  positionAt(offset: number, length: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset);
    const newline = this.text.slice(offset, offset + length).search(/\r?\n/);
    const onLine = newline < 0 ? length : newline;
    return { file: this.file, line, column: col, length: Math.max(1, onLine) };
  }

  #placeOf(path: Path): Place | undefined {
    let place: Place | undefined = this.root;
    for (const step of path) place = place?.members?.get(String(step));
    return place;
  }
}

/** The place of a member, made when it is first asked for. */
export function memberOf(place: Place, step: string | number): Place {
  place.members ??= new Map();
  const name = String(step);
  let member = place.members.get(name);
  if (member === undefined) {
    member = {};
    place.members.set(name, member);
  }
  return member;
}

/** One string per path; keys with a NUL are refused. */
export function pathKey(path: Path): string {
  return path.join('\0');
}
