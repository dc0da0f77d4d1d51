import type { Observable } from 'rxjs';
import { type Camera, json } from '../../lib/index.js';
import type { Backend } from '../../lib/device/index.js';
import { ChannelFlag } from '../../lib/operators/index.js';
import { Bench } from './test-bench.js';

const FLAGS = ChannelFlag.READ | ChannelFlag.WRITE | ChannelFlag.DYNAMIC;

function messageOf(backend: Backend, command: (camera: Camera) => Observable<unknown>): string {
  const bench = new Bench({ stdoutIntervalMs: false });
  bench.device.device.register('config2', backend, FLAGS);
  let message = '';
  command(bench.camera).subscribe({ error: (error: Error) => (message = error.message) });
  bench.pass(6000);
  return message;
}

describe('a command that a channel refuses', () => {
  it.each<[string, Backend, (camera: Camera) => Observable<unknown>, unknown]>([
    [
      'a value',
      { write: () => 0 },
      (camera: Camera) => camera.channel('config2', json()).write(1),
      "the camera refused CHANNEL_WRITE on channel 'config2': FAILED (write() of its script accepted no bytes)",
    ],
    [
      'a request',
      { ioctl: () => 1 },
      (camera: Camera) => camera.channel('config2').ioctl(7),
      "the camera refused CHANNEL_IOCTL on channel 'config2': FAILED (ioctl() of its script refused the request)",
    ],
    [
      'a reading',
      { size: () => 4, read: () => new Uint8Array() },
      (camera: Camera) => camera.channel('config2').read(),
      "the camera refused CHANNEL_READ on channel 'config2': FAILED (there is nothing to read)",
    ],
    [
      'a size over the limit',
      { size: () => 0x7fff_ffff, read: () => new Uint8Array() },
      (camera: Camera) => camera.channel('config2').read(),
      "channel 'config2' reports a size of 2147483647 bytes, but at most 16777216 can be read",
    ],
    [
      'a value that is too long and can not be cut',
      { write: () => 1 },
      (camera: Camera) => camera.channel('config2', json()).write('x'.repeat(9000)),
      expect.stringMatching(/^channel 'config2': a value of 9002 bytes is too long for one write of \d+ bytes/),
    ],
  ])('is named with the channel, not its number, and with the reason: %s', (_, backend, command, message) => {
    expect(messageOf(backend, command)).toEqual(message);
  });
});
