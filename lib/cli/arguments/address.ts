import { InvalidArgumentError } from 'commander';
import { messageOf } from '../../errors.js';
import { checkAddress } from '../../transport/address.js';

/** A host and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Returns a parser of `HOST:PORT`, and of `HOST` if there is a default port. An IPv6 address stands in brackets. */
export function hostAndPort(defaultPort?: number): (value: string) => Address {
  return (value) => {
    const [, bracketed, plain, given] = /^(?:\[([^[\]]*:[^[\]]*)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(value) ?? [];
    const host = bracketed ?? plain;
    const port = given === undefined ? defaultPort : Number(given);
    if (host === undefined || port === undefined)
      throw new InvalidArgumentError(
        `Use ${defaultPort === undefined ? '' : 'HOST or '}HOST:PORT, as in 192.168.1.5:5000 or [fe80::1]:5000.`,
      );
    return checked({ host, port }, 1);
  };
}

/** Parses `[HOST:]PORT`. An IPv6 address stands in brackets. Without a host, the server accepts only this computer. */
export function listenAddress(value: string): Address {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^[\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(value) ?? [];
  if (digits === undefined)
    throw new InvalidArgumentError('Use PORT or HOST:PORT, as in 8787, 0.0.0.0:8787 or [::]:8787.');
  const address = { host: bracketed ?? plain ?? '127.0.0.1', port: Number(digits) };
  return checked(address, 0);
}

/** Tells whether only this computer can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function checked(address: Address, leastPort: 0 | 1): Address {
  try {
    checkAddress(address.host, address.port, leastPort);
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`);
  }
  return address;
}
