import { InvalidArgumentError } from 'commander';
import { messageOf } from '../../errors.js';
import { checkAddress } from '../../transport/address.js';
import type { Address } from '../arguments/address.js';

/** Parses `[HOST:]PORT`, with brackets around an IPv6 address. Without a host it is this computer alone. */
export function listenAddress(value: string): Address {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^[\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(value) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('PORT or HOST:PORT, as in 8787, 0.0.0.0:8787 or [::]:8787.');
  const address = { host: bracketed ?? plain ?? '127.0.0.1', port: Number(digits) };
  try {
    checkAddress(address.host, address.port, 0);
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`);
  }
  return address;
}

/** Tells whether only this computer reaches that address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
