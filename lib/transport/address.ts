import { requireArgument, requireWhole } from '../arguments.js';

/** Joins a host and a port. An IPv6 address stands in brackets, which separate it from the port. */
export function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * @param leastPort 0 if port 0 means "any free port"
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `host` is neither a name nor an address, or `port` is out of range.
 */
export function checkAddress(host: string, port: number, leastPort: 0 | 1 = 1): void {
  const isHost = typeof host === 'string' && (IPV6.test(host) || NAME_OR_IPV4.test(host));
  requireArgument(isHost, 'a host is a name or an address, as in openmv.local, 192.168.1.5 or fe80::1', host);
  requireWhole('a port', port, leastPort, 65_535);
}

/** With an optional zone, as link-local addresses have it: `fe80::1%eth0`. */
const IPV6 = /^(?=.*:)[\da-f:.]+(%[\w.-]+)?$/i;
/** Any name will do: the name service knows which ones exist. */
const NAME_OR_IPV4 = /^[^\s/:@?#[\]]+$/;
