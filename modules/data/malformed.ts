import { OrkError } from '../../sdk/typescript/index.ts';

/** Text that is not what `format` says. */
export function malformed(message: string, reason = 'data.malformed'): OrkError {
  return new OrkError('invalid-argument', message, {
    reason,
    hint: 'See `on_error` for how bad records can be skipped or set aside.',
  });
}

/** The heading is wrong, so no row can be read: `on_error` does not help. */
export const BAD_HEADER = 'data.bad-header';
