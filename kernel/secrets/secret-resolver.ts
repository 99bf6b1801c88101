import { OrkError } from '../types/errors.ts';
import type { SecretProvider } from './provider.ts';

export interface SecretResolverOptions {
  /** The first one that has a name wins. */
  providers: SecretProvider[];
  /** Hears of each value before anyone else does, so that it can be redacted from then on. */
  onResolved(value: string): void;
  /** Of the known names, the one that was probably meant. */
  nearest(name: string, known: string[]): string | undefined;
}

/** The secrets of a run, by name. */
export class SecretResolver {
  readonly #options: SecretResolverOptions;

  constructor(options: SecretResolverOptions) {
    this.#options = options;
  }

  /** The value, or undefined when no provider has it. */
  resolve(name: string): string | undefined {
    for (const provider of this.#options.providers) {
      const value = provider.get(name);
      if (value === undefined) continue;
      this.#options.onResolved(value);
      return value;
    }
    return undefined;
  }

  /** Throws `not-found`, reason `secret.not-found`, unless every name is known. Resolves nothing. */
  require(names: Iterable<string>): void {
    const known = this.#options.providers.flatMap((provider) => provider.names());
    for (const name of names) if (!known.includes(name)) throw this.#missing(name, known);
  }

  #missing(name: string, known: string[]): OrkError {
    const near = this.#options.nearest(name, known);
    const meant = near === undefined ? '' : `did you mean '${near}'? Else `;
    return new OrkError('not-found', `there is no secret '${name}'`, {
      reason: 'secret.not-found',
      hint: `${meant}put it into a file for --secrets-file, or set ORK_SECRET_${name}`,
    });
  }
}
