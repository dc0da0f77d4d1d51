import { requireArgument } from '../arguments.js';
import { OpenMVError } from '../errors.js';

/** A host and a port as people write them: an IPv6 address stands in brackets, to be told from its port. */
export function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * @param leastPort 0 where that means a free one
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `host` is neither a name nor an address, or `port` is none.
 */
export function checkAddress(host: string, port: number, leastPort: 0 | 1 = 1): void {
  requireArgument(typeof host === 'string', 'a host is a name or an address, as in openmv.local or 192.168.1.5', host);
  if (!(IPV6.test(host) || NAME_OR_IPV4.test(host)))
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `a host is a name or an address, as in openmv.local, 192.168.1.5 or fe80::1, not "${host}"`,
    );
  if (!(Number.isInteger(port) && port >= leastPort && port <= 65_535))
    requireArgument(false, `a port is a whole number from ${leastPort} to 65535`, port);
}

/** With a zone, as link-local addresses have one: `fe80::1%eth0`. */
const IPV6 = /^(?=.*:)[\da-f:.]+(%[\w.-]+)?$/i;
/** Whether a name exists is for the name service to say. */
const NAME_OR_IPV4 = /^[^\s/:@?#[\]]+$/;
