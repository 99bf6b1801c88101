import { checkSecretValue, isSecretName, type SecretProvider } from './provider.ts';

const PREFIX = 'ORK_SECRET_';

/**
 * Takes every `ORK_SECRET_<NAME>` out of an environment, so that nothing that is started with it sees one.
 * An empty one counts as not set. Throws `invalid-argument` for a value that is too short.
 */
export function takeEnvironmentSecrets(environment: NodeJS.ProcessEnv): SecretProvider {
  const values = new Map<string, string>();
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX)) continue;
    delete environment[variable];
    const name = variable.slice(PREFIX.length);
    if (value !== undefined && value !== '' && isSecretName(name)) values.set(name, value);
  }
  for (const [name, value] of values) checkSecretValue(name, value, `${PREFIX}${name}`);
  return { get: (name) => values.get(name), names: () => [...values.keys()] };
}
