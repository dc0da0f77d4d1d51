import { InvalidArgumentError } from 'commander';
import { messageOf } from '../../errors.js';
import { checkAddress } from '../../transport/address.js';

/** A place in the network. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A parser of `HOST:PORT`, with brackets around an IPv6 address; with a default port, of `HOST` as well. */
export function hostAndPort(defaultPort?: number): (value: string) => Address {
  return (value) => {
    const [, bracketed, plain, given] = /^(?:\[([^[\]]*:[^[\]]*)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(value) ?? [];
    const host = bracketed ?? plain;
    const port = given === undefined ? defaultPort : Number(given);
    if (host === undefined || port === undefined)
      throw new InvalidArgumentError(
        `${defaultPort === undefined ? '' : 'HOST or '}HOST:PORT, as in 192.168.1.5:5000 or [fe80::1]:5000.`,
      );
    try {
      checkAddress(host, port);
    } catch (error) {
      throw new InvalidArgumentError(`${messageOf(error)}.`);
    }
    return { host, port };
  };
}
