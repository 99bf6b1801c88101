import { redactError } from '../engine/redact-events.ts';
import { nearest } from '../expressions/nearest.ts';
import type { Redactor } from '../observability/redaction/redactor.ts';
import { loadPlaybook } from '../playbook/load.ts';
import type { SecretProvider } from '../secrets/provider.ts';
import { SecretResolver } from '../secrets/secret-resolver.ts';
import { type MapReading, readSecretsFile } from '../secrets/secrets-file.ts';
import { asOrkError, OrkError } from '../types/errors.ts';

/** The secrets of `--secrets-file`, then those of the environment. Rejects when the file is not fit for it. */
export async function openSecrets(
  file: string | undefined,
  environment: SecretProvider,
  redactor: Redactor,
): Promise<SecretResolver> {
  const uid = process.getuid?.() ?? 0;
  const fromFile = file === undefined ? [] : [await readSecretsFile(file, { readMap, uid })];
  return new SecretResolver({
    providers: [...fromFile, environment],
    onResolved: (value) => redactor.add(value),
    nearest,
  });
}

/** Whatever was thrown, without secrets: an error that no report has room for. */
export function withoutSecrets(thrown: unknown, redactor: Redactor): OrkError {
  const error = asOrkError(thrown);
  const redacted = OrkError.fromDetails(redactError(error.toDetails(), redactor));
  const cause = error.cause instanceof Error ? error.cause : error;
  redacted.stack = redactor.redactText(cause.stack ?? cause.message);
  return redacted;
}

/** Under the same rules as a playbook, whose messages may quote the text: only place and kind are passed on. */
function readMap(text: string): MapReading {
  const { loaded, problems } = loadPlaybook(text, '');
  if (loaded !== undefined) {
    const lineOf = (key: string): number => loaded.map.keyPosition([key]).line;
    return { kind: 'map', value: loaded.value, lineOf };
  }
  const [first] = problems;
  const { line = 1, column = 1 } = first?.position ?? {};
  return { kind: 'mistake', line, column, reason: first?.reason ?? 'yaml.syntax' };
}
