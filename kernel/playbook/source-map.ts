import { type LineCounter, type Range, Scalar } from 'yaml';
import type { SourcePosition } from './model.ts';
import { ScalarOffsets } from './scalar-offset.ts';

/** The way to a value: keys of maps and indices of lists. */
export type Path = readonly (string | number)[];

interface Place {
  key?: readonly [start: number, end: number];
  value?: readonly [start: number, end: number];
  scalar?: Scalar;
  /** Made when a position inside the scalar is asked for. */
  offsets?: ScalarOffsets;
}

/** Where every key and value of a playbook stands in its text. */
export class SourceMap {
  readonly file: string;
  readonly text: string;
  readonly #lines: LineCounter;
  readonly #places = new Map<string, Place>();

  constructor(file: string, text: string, lines: LineCounter) {
    this.file = file;
    this.text = text;
    this.#lines = lines;
  }

  recordKey(path: Path, range: Range): void {
    this.#placeOf(path).key = [range[0], range[1]];
  }

  recordValue(path: Path, range: Range, scalar?: Scalar): void {
    const place = this.#placeOf(path);
    place.value = [range[0], range[1]];
    if (scalar !== undefined) place.scalar = scalar;
  }

  /** The position of a value; of the closest value around it when the path does not exist. */
  valuePosition(path: Path): SourcePosition {
    const place = this.#places.get(pathKey(path));
    const range = place?.value ?? place?.key;
    if (range !== undefined) return this.positionAt(range[0], range[1] - range[0]);
    return path.length === 0 ? this.positionAt(0, 1) : this.keyPosition(path.slice(0, -1));
  }

  /** The position of the key that a value stands under; list items and the root have only a value. */
  keyPosition(path: Path): SourcePosition {
    const key = this.#places.get(pathKey(path))?.key;
    if (key === undefined) return this.valuePosition(path);
    return this.positionAt(key[0], key[1] - key[0]);
  }

  /** The position of `length` characters at `offset` inside a string value, whatever way it is quoted. */
  positionInString(path: Path, offset: number, length: number): SourcePosition {
    const place = this.#places.get(pathKey(path));
    if (place?.scalar === undefined || place.value === undefined) return this.valuePosition(path);
    const { type = Scalar.PLAIN, value } = place.scalar;
    place.offsets ??= new ScalarOffsets(this.text.slice(...place.value), type, String(value));
    return this.positionAt(place.value[0] + place.offsets.sourceOffset(offset), length);
  }

  /** The position of an offset in the text; the length is cut at the end of the line. */
  positionAt(offset: number, length: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset);
    const newline = this.text.slice(offset, offset + length).search(/\r?\n/);
    const onLine = newline < 0 ? length : newline;
    return { file: this.file, line, column: col, length: Math.max(1, onLine) };
  }

  #placeOf(path: Path): Place {
    const key = pathKey(path);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = {};
      this.#places.set(key, place);
    }
    return place;
  }
}

/** One string per path; keys with a NUL are refused. */
export function pathKey(path: Path): string {
  return path.join('\0');
}
