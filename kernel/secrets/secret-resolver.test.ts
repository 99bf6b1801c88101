import { expect, test } from 'vitest';
import { takeEnvironmentSecrets } from './environment-secrets.ts';
import type { SecretProvider } from './provider.ts';
import { SecretResolver } from './secret-resolver.ts';

function provider(values: Record<string, string>): SecretProvider {
  return { get: (name) => values[name], names: () => Object.keys(values) };
}

function resolverOf(providers: SecretProvider[]) {
  const resolved: string[] = [];
  const nearest = (name: string, known: string[]) => known.find((other) => other[0] === name[0]);
  const onResolved = (value: string) => resolved.push(value);
  return { resolver: new SecretResolver({ providers, onResolved, nearest }), resolved };
}

test('the first provider that has a name wins, and the value is told at once', () => {
  const first = provider({ A: 'first-a' });
  const { resolver, resolved } = resolverOf([first, provider({ A: 'second-a', B: 'second-b' })]);
  expect(resolver.resolve('A')).toBe('first-a');
  expect(resolved).toEqual(['first-a']);
  expect(resolver.resolve('B')).toBe('second-b');
  expect(resolved).toEqual(['first-a', 'second-b']);
});

test('a secret that nobody has is undefined', () => {
  const { resolver, resolved } = resolverOf([provider({})]);
  expect(resolver.resolve('A')).toBeUndefined();
  expect(resolved).toEqual([]);
});

test('required names have to be known; nothing is resolved for it', () => {
  const { resolver, resolved } = resolverOf([provider({ API_KEY: 'hunter22' })]);
  resolver.require(['API_KEY']);
  expect(() => resolver.require(['API_KEY', 'API_KAY'])).toThrow(
    expect.objectContaining({
      code: 'not-found',
      reason: 'secret.not-found',
      message: "there is no secret 'API_KAY'",
      hint: "did you mean 'API_KEY'? Else put it into a file for --secrets-file, or set ORK_SECRET_API_KAY",
    }),
  );
  expect(() => resolver.require(['TOKEN'])).toThrow(
    expect.objectContaining({
      hint: 'put it into a file for --secrets-file, or set ORK_SECRET_TOKEN',
    }),
  );
  expect(resolved).toEqual([]);
});

test('secrets are taken out of the environment, valid or not', () => {
  const environment = {
    PATH: '/bin',
    ORK_SECRET_API_KEY: 'hunter22',
    ORK_SECRET_EMPTY: '',
    'ORK_SECRET_A-B': 'hunter33',
    ORK_SECRET_: 'hunter44',
    ORK_SECRETS: 'no secret',
  };
  const secrets = takeEnvironmentSecrets(environment);
  expect(environment).toEqual({ PATH: '/bin', ORK_SECRETS: 'no secret' });
  expect(secrets.names()).toEqual(['API_KEY']);
  expect(secrets.get('API_KEY')).toBe('hunter22');
  expect(secrets.get('EMPTY')).toBeUndefined();
});

test('a short secret in the environment is refused, and gone from it all the same', () => {
  const environment = { ORK_SECRET_A: '4711', ORK_SECRET_B: 'hunter22' };
  expect(() => takeEnvironmentSecrets(environment)).toThrow(
    expect.objectContaining({
      code: 'invalid-argument',
      reason: 'secret.too-short',
      message: "secret 'A' (ORK_SECRET_A) has less than 6 bytes",
    }),
  );
  expect(environment).toEqual({});
});
