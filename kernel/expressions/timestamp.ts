import { type CelValue, celType } from '@bufbuild/cel';

/** The name of the type that CEL's timestamps have. */
export const TIMESTAMP = 'google.protobuf.Timestamp';

const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i;

/** A point in time, or a length of it: whole seconds, and what remains of them. */
export interface Instant {
  seconds: bigint;
  nanos: number;
}

/** A CEL timestamp; the library knows a protobuf message by its type name. */
export function timestampOf(date: Date): CelValue {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  const nanos = (milliseconds - seconds * 1000) * 1_000_000;
  return { $typeName: TIMESTAMP, seconds: BigInt(seconds), nanos } as unknown as CelValue;
}

/** What a CEL timestamp or duration holds. */
export function instantOf(value: CelValue): Instant {
  return (value as unknown as { message: Instant }).message;
}

/** The instant that a CEL timestamp, or a text as RFC 3339 has it, stands for. Throws for anything else. */
export function readTimestamp(value: CelValue): Instant {
  if (typeof value === 'string') return parseTimestamp(value);
  const type = celType(value).name;
  if (type === TIMESTAMP) return instantOf(value);
  throw new Error(`format_time takes a timestamp or its text, not ${type}`);
}

function parseTimestamp(text: string): Instant {
  const [, whole, digits = '', zone] = RFC_3339.exec(text) ?? [];
  const milliseconds = Date.parse(`${whole}${zone}`);
  if (whole !== undefined && !Number.isNaN(milliseconds)) {
    return { seconds: BigInt(milliseconds / 1000), nanos: Number(digits.padEnd(9, '0')) };
  }
  const shown = JSON.stringify(text.slice(0, 40));
  throw new Error(`format_time: ${shown} is not a time such as 2026-01-31T23:59:59Z`);
}

/** `.5`, `.000001`, or nothing for a whole second. */
export function fraction(nanos: number): string {
  return nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
}
