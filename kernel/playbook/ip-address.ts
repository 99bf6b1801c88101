/** `node:net` takes six milliseconds to load, and few playbooks name an address. */
function net() {
  return process.getBuiltinModule('node:net');
}

/** 4 or 6, the version of an address as numbers; 0 for any other text. */
export function ipVersion(address: string): 0 | 4 | 6 {
  // Each address has one of them, which names seldom have.
  if (!/^[\d.]+$|:/.test(address)) return 0;
  return net().isIP(address) as 0 | 4 | 6;
}

/** How many bits an address has: the longest prefix of a network. */
export function addressBits(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

/** Whether an address is one of a network, given by any of its addresses and the length of its prefix in bits. */
export function isInNetwork(address: string, network: string, prefix: number): boolean {
  const version = ipVersion(network);
  if (version === 0 || version !== ipVersion(address) || prefix > addressBits(version)) {
    return false;
  }
  const type = version === 4 ? 'ipv4' : 'ipv6';
  const list = new (net().BlockList)();
  list.addSubnet(network, prefix, type);
  return list.check(address, type);
}
