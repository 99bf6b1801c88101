import path from 'node:path';
import { addressBits, ipVersion, isInNetwork } from './ip-address.ts';

/** An entry of a network grant, taken apart. */
type Endpoint =
  | { kind: 'unix'; path: string }
  | { kind: 'network'; address: string; prefix: number; port: string }
  | { kind: 'suffix'; suffix: string; port: string }
  | { kind: 'name'; name: string; port: string };

const ANY_PORT = '*';

/**
 * Whether all that the second grant reaches is reached by the first one. A name is covered by the same name only: a
 * `*.suffix` reaches global addresses, an exact name private ones too, and where a name leads is not known here.
 */
export function coversEndpoint(granted: string, asked: string): boolean {
  const [outer, inner] = [parseEndpoint(granted), parseEndpoint(asked)];
  if (outer.kind === 'unix') return inner.kind === 'unix' && outer.path === inner.path;
  if (inner.kind === 'unix') return false;
  if (outer.port !== ANY_PORT && outer.port !== inner.port) return false;
  if (outer.kind === 'network') return inner.kind === 'network' && coversNetwork(outer, inner);
  if (outer.kind === 'suffix') {
    return inner.kind === 'suffix' && `.${inner.suffix}`.endsWith(`.${outer.suffix}`);
  }
  return inner.kind === 'name' && inner.name === outer.name;
}

function parseEndpoint(text: string): Endpoint {
  if (text.startsWith('unix:')) {
    return { kind: 'unix', path: path.posix.normalize(text.slice('unix:'.length)) };
  }
  const colon = text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  const host = text.slice(0, colon).toLowerCase();
  const [address = '', prefix] = host.replace(/[[\]]/g, '').split('/');
  const version = ipVersion(address);
  if (version !== 0) {
    return {
      kind: 'network',
      address,
      prefix: prefix === undefined ? addressBits(version) : Number(prefix),
      port,
    };
  }
  if (host.startsWith('*.')) return { kind: 'suffix', suffix: host.slice(2), port };
  return { kind: 'name', name: host.replace(/\.$/, ''), port };
}

type Network = Extract<Endpoint, { kind: 'network' }>;

function coversNetwork(outer: Network, inner: Network): boolean {
  return outer.prefix <= inner.prefix && isInNetwork(inner.address, outer.address, outer.prefix);
}
