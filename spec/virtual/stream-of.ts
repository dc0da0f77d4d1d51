import { StreamChannel } from '../../lib/device/backends/stream-channel.js';
import { Device } from '../../lib/device/device.js';
import type { VirtualCamera } from '../../lib/virtual/virtual-camera.js';

const streams = new WeakMap<Device, StreamChannel>();
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the device below
const { register } = Device.prototype;
Device.prototype.register = function (this: Device, name, backend, ...flags) {
  if (backend instanceof StreamChannel) streams.set(this, backend);
  return register.call(this, name, backend, ...flags);
};

/** The stream of a virtual camera that was made after this module was loaded. */
export function streamOf({ device }: VirtualCamera): StreamChannel {
  return streams.get(device)!;
}
