import { Subscription } from 'rxjs';
import { controls } from '../widgets/controls.js';
import type { Device } from './device.js';

/** Registers `controls`, widgets to look at and to set, until the result is unsubscribed from. */
export function serveControls(device: Device, uptime: () => number): Subscription {
  const channel = device.register('controls', controls(uptime));
  return new Subscription(() => channel.unregister());
}
