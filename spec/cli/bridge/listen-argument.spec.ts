import { InvalidArgumentError } from 'commander';
import { isLoopback, listenAddress } from '../../../lib/cli/bridge/listen-argument.js';

describe('listenAddress', () => {
  it.each([
    ['8787', '127.0.0.1', 8787],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0:8787', '0.0.0.0', 8787],
    ['localhost:65535', 'localhost', 65535],
    ['[::]:8787', '::', 8787],
    ['[::1]:8787', '::1', 8787],
  ])('takes %s', (value, host, port) => expect(listenAddress(value)).toEqual({ host, port }));

  it.each([
    '',
    ':',
    ':8787',
    'localhost',
    '::1:8787',
    '[::1]',
    '65536',
    '123456',
    '-1',
    '8787 ',
    'a b:80',
    'ws://x:80',
  ])('refuses "%s"', (value) => expect(() => listenAddress(value)).toThrow(InvalidArgumentError));
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1'])('knows that %s is this computer alone', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', '127.0.0.1.example.org', 'localhost.example.org', '128.0.0.1', '::ffff:1'])(
    'does not take %s for it',
    (host) => expect(isLoopback(host)).toBe(false),
  );
});
