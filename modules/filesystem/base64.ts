import { OrkError } from '../../sdk/typescript/index.ts';

const CHUNK = 4096;

/** The engine's `btoa` takes text of bytes. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let offset = 0; offset < bytes.length; offset += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(offset, offset + CHUNK));
  }
  return btoa(text);
}

export function decodeBase64(text: string): Uint8Array {
  let decoded: string;
  try {
    decoded = atob(text);
  } catch {
    throw new OrkError('invalid-argument', 'The content is not base64.', {
      reason: 'filesystem.not-base64',
      hint: 'Give base64 text, or `encoding: text`.',
    });
  }
  return Uint8Array.from(decoded, (unit) => unit.charCodeAt(0));
}
