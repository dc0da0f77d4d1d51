import { InvalidArgumentError } from 'commander';
import { hostAndPort, isLoopback, listenAddress } from '../../../lib/cli/arguments/address.js';

describe('hostAndPort', () => {
  it.each([
    ['192.168.1.5:5000', '192.168.1.5', 5000],
    ['camera.local:1', 'camera.local', 1],
    ['[::1]:65535', '::1', 65_535],
    ['[fe80::1%eth0]:5000', 'fe80::1%eth0', 5000],
  ])('accepts %s', (text, host, port) => expect(hostAndPort()(text)).toEqual({ host, port }));

  it.each([
    ['camera', 'camera', 5555],
    ['camera:5000', 'camera', 5000],
    ['[::1]', '::1', 5555],
    ['[::1]:5000', '::1', 5000],
  ])('accepts %s with a default port', (text, host, port) => expect(hostAndPort(5555)(text)).toEqual({ host, port }));

  it.each([
    '',
    ':5000',
    'camera:',
    'camera:port',
    'camera:0',
    'camera:65536',
    'camera:123456',
    '::1',
    '::1:5000',
    '[camera]:5000',
    '[]:5000',
    '[::1]5000',
    'tcp://camera:5000',
    'two words:5000',
    'a@b:5000',
  ])('refuses "%s"', (text) => {
    expect(() => hostAndPort()(text)).toThrow(InvalidArgumentError);
    expect(() => hostAndPort(5555)(text)).toThrow(InvalidArgumentError);
  });

  it('requires a port if there is no default', () => {
    expect(() => hostAndPort()('camera')).toThrow(/^Use HOST:PORT, as in/);
    expect(() => hostAndPort()('[::1]')).toThrow(InvalidArgumentError);
  });
});

describe('listenAddress', () => {
  it.each([
    ['8787', '127.0.0.1', 8787],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0:8787', '0.0.0.0', 8787],
    ['localhost:65535', 'localhost', 65535],
    ['[::]:8787', '::', 8787],
    ['[::1]:8787', '::1', 8787],
  ])('accepts %s', (value, host, port) => expect(listenAddress(value)).toEqual({ host, port }));

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
  it.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1'])('accepts %s: it means only this computer', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', '127.0.0.1.example.org', 'localhost.example.org', '128.0.0.1', '::ffff:1'])(
    'does not accept %s',
    (host) => expect(isLoopback(host)).toBe(false),
  );
});
