import { expect, it } from 'vitest';
import { parseByteSize as parseInPlaybook } from '../../kernel/playbook/byte-size.ts';
import { byteSize, parseByteSize } from './byte-size.ts';

it.each([1, '1', '7B', '4KiB', '1MiB', '2GiB', '999999999GiB'])(
  'reads %s like playbooks',
  (size) => {
    expect(byteSize.safeParse(size).success).toBe(true);
    expect(parseByteSize(size)).toBe(parseInPlaybook(size));
  },
);

it.each(['0', '1.5MiB', '1MB', '', '-1', ' 1', '1234567890'])(
  'refuses %j like playbooks',
  (size) => {
    expect(byteSize.safeParse(size).success).toBe(false);
    expect(() => parseByteSize(size)).toThrow('is not a size');
    expect(parseInPlaybook(size)).toBeUndefined();
  },
);
