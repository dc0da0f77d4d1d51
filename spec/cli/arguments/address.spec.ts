import { InvalidArgumentError } from 'commander';
import { hostAndPort } from '../../../lib/cli/arguments/address.js';

describe('hostAndPort', () => {
  it.each([
    ['192.168.1.5:5000', '192.168.1.5', 5000],
    ['camera.local:1', 'camera.local', 1],
    ['[::1]:65535', '::1', 65_535],
    ['[fe80::1%eth0]:5000', 'fe80::1%eth0', 5000],
  ])('takes %s', (text, host, port) => expect(hostAndPort()(text)).toEqual({ host, port }));

  it.each([
    ['camera', 'camera', 5555],
    ['camera:5000', 'camera', 5000],
    ['[::1]', '::1', 5555],
    ['[::1]:5000', '::1', 5000],
  ])('takes %s with a default port', (text, host, port) => expect(hostAndPort(5555)(text)).toEqual({ host, port }));

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

  it('wants a port where there is no default one', () => {
    expect(() => hostAndPort()('camera')).toThrow(/^HOST:PORT, as in/);
    expect(() => hostAndPort()('[::1]')).toThrow(InvalidArgumentError);
  });
});
