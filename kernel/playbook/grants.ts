import path from 'node:path';
import { addressBits, ipVersion } from './ip-address.ts';
import type { SecurityContext } from './model.ts';

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$/;
const HOST_AND_PORT = /^(?<host>.+):(?<port>\*|\d{1,5})$/;
const CIDR = /^(?<address>[^/]+)\/(?<prefix>\d{1,3})$/;
/** Whoever may talk to one of these is root of the host. */
const CONTAINER_SOCKET = /\/(?:docker|containerd|crio|podman)\.sock$/;
/** Their sockets, and those of the services of the machine and of a user, lie in here. */
const CONTAINER_FOLDER =
  /^(?:\/var)?\/run(?:\/(?:containerd|crio|docker|podman|dbus|systemd|user(?:\/\d+)?))?\/?$/;
const KERNEL_FOLDER = /^\/(?:proc|sys|dev)(?:\/|$)/;
/** Files in memory, below /dev for historical reasons; the folder itself would show those of everybody. */
const SHARED_MEMORY = /^\/dev\/shm\/./;

const ENDPOINTS = 'must be host:port, *.suffix:port, CIDR:port or unix:/path';
const NEVER = 'is never given to a workload';

/**
 * True for a path that no workload gets, whatever is granted: the root, the kernel's folders, sockets of container
 * engines and the folders that these lie in. A path with a template can be judged only once it is rendered.
 */
export function isForbiddenPath(text: string): boolean {
  const normal = path.posix.normalize(text);
  if (text.includes('\0')) return true;
  if (normal === '/' || CONTAINER_SOCKET.test(normal) || CONTAINER_FOLDER.test(normal)) return true;
  return KERNEL_FOLDER.test(normal) && !SHARED_MEMORY.test(normal);
}

/** What is wrong with an entry of `network.connect`; undefined when nothing is, or a template decides. */
export function connectProblem(text: string): string | undefined {
  if (text.includes('{{')) return undefined;
  if (text.startsWith('unix:')) return unixProblem(text);
  const { host, port } = splitPort(text);
  const known = isHost(host) || isHost(host.replace(/^\*\./, '')) || isNetwork(host);
  return known && isPort(port) ? undefined : ENDPOINTS;
}

/** True for an entry of `network.listen`: one address, or a template that yields one. */
export function isListenAddress(text: string): boolean {
  if (text.includes('{{')) return true;
  if (text.startsWith('unix:')) return unixProblem(text) === undefined;
  const { host, port } = splitPort(text);
  return isHost(host) && isPort(port);
}

/** The first grant of a context, rendered, that no workload gets or that is none at all; undefined when all are fine. */
export function refusedGrant({ filesystem, network }: SecurityContext): string | undefined {
  return (
    [...filesystem.read, ...filesystem.write].find(isForbiddenPath) ??
    network.connect.find((text) => connectProblem(text) !== undefined) ??
    network.listen.find((text) => !isListenAddress(text))
  );
}

function unixProblem(text: string): string | undefined {
  const socket = text.slice('unix:'.length);
  if (!socket.startsWith('/')) return ENDPOINTS;
  return isForbiddenPath(socket) ? NEVER : undefined;
}

function splitPort(text: string): { host: string; port: string } {
  const { host = '', port = '' } = HOST_AND_PORT.exec(text)?.groups ?? {};
  return { host, port };
}

function isHost(host: string): boolean {
  if (host.startsWith('[') && host.endsWith(']')) return ipVersion(host.slice(1, -1)) === 6;
  // What looks like an address of IPv4 has to be one.
  return /^[\d.]+$/.test(host) ? ipVersion(host) === 4 : HOST_NAME.test(host);
}

/** `10.0.0.0/8` or `[fd00::]/8`. */
function isNetwork(host: string): boolean {
  const { address = '', prefix = '' } = CIDR.exec(host)?.groups ?? {};
  const bare = address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
  const version = ipVersion(bare);
  if (version === 0 || (version === 6) !== (bare !== address)) return false;
  return Number(prefix) <= addressBits(version);
}

function isPort(port: string): boolean {
  return port === '*' || (Number(port) >= 1 && Number(port) <= 65_535);
}
