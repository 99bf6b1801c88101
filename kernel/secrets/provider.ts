import { OrkError } from '../types/errors.ts';

/** Where secrets come from: a file, the environment, later the daemon's store. */
export interface SecretProvider {
  /** The value, or undefined when this provider does not have it. */
  get(name: string): string | undefined;
  /** Names are not secret: they are shown in hints. */
  names(): string[];
}

/** What is shorter, in bytes of UTF-8 without the white space around it, could not be redacted. */
const MIN_BYTES = 6;
/** Far more than a certificate chain; each secret is looked for in all that a run says. */
const MAX_BYTES = 64 * 1024;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** Throws an `OrkError`, reason `secret.too-short` or `secret.too-long`; the value is never told. */
export function checkSecretValue(name: string, value: string, where: string): void {
  const bytes = Buffer.byteLength(value.trim());
  if (bytes < MIN_BYTES) {
    throw new OrkError(
      'invalid-argument',
      `secret '${name}' (${where}) has less than ${MIN_BYTES} bytes`,
      {
        reason: 'secret.too-short',
        hint: 'so short a text is found everywhere and cannot be redacted: take a longer secret',
      },
    );
  }
  if (bytes > MAX_BYTES) {
    throw new OrkError(
      'resource-exhausted',
      `secret '${name}' (${where}) has more than ${MAX_BYTES} bytes`,
      { reason: 'secret.too-long', hint: 'keep large data in a file' },
    );
  }
}
