import { Device, type DeviceChannel } from '../../lib/device/index.js';
import type { DeviceOptions } from '../../lib/device/device-options.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { decodeMemory, decodeSystemInfo } from '../../lib/wire/payloads/index.js';
import { bytes, capture, link, recordedReplies, type Link } from './support.js';

const text = (value: string) => Uint8Array.from(value, (char) => char.charCodeAt(0));

/** The camera of the captures: the firmware's own channels, and the five stand-ins that were registered when it began. */
export function recordedDevice(options: DeviceOptions = {}): { device: Device; link: Link; frame: DeviceChannel } {
  const [info] = recordedReplies('naks', 0x12);
  const [memory] = recordedReplies('naks', 0x14);
  const device = new Device({
    systemInfo: decodeSystemInfo(info!),
    memory: () => decodeMemory(memory!),
    ...options,
  });
  const stdinRequests = new Map([1, 2, 3].map((request) => [request, 0]));
  device.register(
    'stdin',
    { write: () => 1, ioctl: (request) => Number(request === 2), ioctlSizes: stdinRequests },
    ChannelFlag.WRITE | ChannelFlag.EXEC,
  );
  device.register('stdout', { size: () => 0, read: () => bytes('') }, ChannelFlag.READ);
  device.register(
    'stream',
    { lock: () => false, unlock: () => true, readp: () => bytes(''), ioctl: () => 0, ioctlSizes: new Map([[0, 4]]) },
    ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM,
  );

  const attached = link(device);
  return { device, link: attached, frame: registerStandIns(device) };
}

/** The channels that the recorded camera's main program registered; the one called `frame` is returned. */
export function registerStandIns(device: Device): DeviceChannel {
  let config = text('{"quality": 85}');
  device.register('config', {
    size: () => config.length,
    read: (offset, size) => config.subarray(offset, offset + size),
    write: (_, data) => (config = data.slice()).length,
  });
  let buffer = bytes('');
  device.register('buffer', {
    poll: () => buffer.length > 0,
    size: () => buffer.length,
    read: (offset, size) => buffer.subarray(offset, offset + size),
    write: (offset, data) => {
      const grown = new Uint8Array(offset + data.length);
      grown.set(buffer.subarray(0, offset));
      grown.set(data, offset);
      buffer = grown;
      return data.length;
    },
  });
  device.register('append', { read: () => bytes(''), write: (_, data) => data.length, ioctl: () => 0 });
  const picture = recordedPicture();
  let isTaken = false;
  const frame = device.register('frame', {
    poll: () => !isTaken,
    shape: () => [48, 64, 6144],
    size: () => picture.length,
    readp: (offset, size) => {
      isTaken ||= offset + size >= picture.length;
      return picture.subarray(offset, offset + size);
    },
  });
  const counter = text('count: 1');
  device.register('counter', { size: () => counter.length, read: (offset) => counter.subarray(offset) });
  return frame;
}

/** What stood in the frame channel: its content is no rule of the protocol, so it is taken from the rows. */
function recordedPicture(): Uint8Array<ArrayBuffer> {
  const reads = capture('channels').filter(({ from, bytes: [, , , channel, , opcode] }) => {
    return from === 'device' && channel === 7 && opcode === Opcode.CHANNEL_READ;
  });
  return Uint8Array.from(Buffer.concat(reads.map((row) => row.bytes.subarray(10, -4))));
}
