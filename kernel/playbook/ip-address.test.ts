import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ipVersion, isInNetwork } from './ip-address.ts';

it('an address has the version that Node sees', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.domain(),
    fc.string(),
    fc.ipV6().map((ip) => `${ip}%eth0`),
  );
  fc.assert(
    fc.property(text, (address) => {
      expect(ipVersion(address)).toBe(isIP(address));
    }),
  );
});

it.each<[address: string, network: string, prefix: number, expected: boolean]>([
  ['10.1.2.3', '10.0.0.0', 8, true],
  ['11.1.2.3', '10.0.0.0', 8, false],
  ['10.0.0.1', '10.0.0.1', 32, true],
  ['10.0.0.1', '10.0.0.1', 33, false],
  ['fd00::1', 'fd00::', 8, true],
  ['fe00::1', 'fd00::', 8, false],
  ['10.0.0.1', '::', 0, false],
  ['::1', '0.0.0.0', 0, false],
  ['localhost', '127.0.0.0', 8, false],
])('%s in %s/%i: %s', (address, network, prefix, expected) => {
  expect(isInNetwork(address, network, prefix)).toBe(expected);
});
