import { VirtualCamera, type VirtualCameraOptions } from 'openmv-rx/virtual';
import { BANNER } from '../signals/recorded-scripts.js';

/** A virtual camera that prints after each soft reboot what the recorded interpreter printed. */
export function interpreterCamera(options: VirtualCameraOptions = {}): VirtualCamera {
  const virtual = new VirtualCamera(options);
  const print = virtual.print.bind(virtual);
  virtual.print = (text) => print(text === 'MPY: soft reboot\n' ? BANNER.replaceAll('\r\n', '\n') : text);
  return virtual;
}
